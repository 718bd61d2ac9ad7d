"""Where questions to the engine are taken: one at a time in a process, about pools up to a size, within a time.

A what-if settles the whole pool. Two at once would take twice as long each and hold up everybody else's requests, so
the second waits for a moment, and is then asked to come again.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.chassis.core.clock import monotonic
from services.chassis.core.errors import ChassisError
from services.matcher.domain.insights.what_if import Prepared
from services.matcher.domain.programme_terms import Bounds
from services.matcher.ports import UnitOfWork
from services.matcher.solver.errors import RunCancelledError
from services.matcher.use_cases.engine_access.pool_cache import Pools

AGAIN_IN = 5
"""Seconds after which to ask again."""


class EngineBusy(ChassisError):
    """Another question is being answered, and took longer than a question waits."""


class TookTooLong(ChassisError):
    """The answer was not there within the time that a question may take; what was done so far is dropped."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that has the engine to itself: the pool it is about, and whether its time is over."""

    prepared: Prepared
    over: Callable[[], bool]


class EngineQueue:
    """Takes the questions of one process; safe to share between threads."""

    def __init__(self, bounds: Bounds | None = None, pools: Pools | None = None) -> None:
        self.bounds = bounds or Bounds()
        self._pools = pools or Pools()
        self._turn = threading.Lock()

    @contextmanager
    def question(self, uow: UnitOfWork, programme_id: str, *, most_pairs: int | None = None) -> Iterator[Question]:
        """Have the engine for one question about the pool as it is now.

        Raises Conflict for a pool above the bound (mentees who wait times mentors), EngineBusy and TookTooLong.
        """
        most = self.bounds.pairs if most_pairs is None else most_pairs
        with self.turn() as over:
            yield Question(self._pools.of(uow, programme_id, over, most_pairs=most), over)

    @contextmanager
    def turn(self) -> Iterator[Callable[[], bool]]:
        """Have the engine for one question that brings its own people; yields what says that its time is over.

        Raises EngineBusy and TookTooLong.
        """
        with self._own_turn():
            ends = monotonic() + self.bounds.seconds
            try:
                yield lambda: monotonic() > ends
            except RunCancelledError:
                raise TookTooLong(f"no answer within {self.bounds.seconds:.0f} seconds") from None

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=self.bounds.wait):
            raise EngineBusy("another question is being answered")
        try:
            yield
        finally:
            self._turn.release()
