"""Run questions to the engine one at a time per process, with a limit on pool size and on time.

A what-if solves the whole pool. Two at once would take twice as long each and delay all other requests, so the second
waits for a moment and is then asked to try again.
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
from services.matcher.use_cases.engine_access.pool_cache import PoolCache

AGAIN_IN = 5
"""Seconds after which a client should try again."""


class EngineBusy(ChassisError):
    """Another question is still running after the longest time that a question may wait."""


class TookTooLong(ChassisError):
    """The question took longer than it may; its partial work is dropped."""


@dataclass(frozen=True, slots=True)
class Question:
    """A running question: the pool it is about, and a function that returns whether its time is over."""

    prepared: Prepared
    over: Callable[[], bool]


class EngineQueue:
    """Runs the questions of one process, one at a time; safe to share between threads."""

    def __init__(self, bounds: Bounds | None = None, pools: PoolCache | None = None) -> None:
        self.bounds = bounds or Bounds()
        self._pools = pools or PoolCache()
        self._turn = threading.Lock()

    @contextmanager
    def question(self, uow: UnitOfWork, programme_id: str, *, most_pairs: int | None = None) -> Iterator[Question]:
        """Reserve the engine for one question about the current pool.

        Raises Conflict for a pool above the bound (waiting mentees times mentors), EngineBusy and TookTooLong.
        """
        most = self.bounds.pairs if most_pairs is None else most_pairs
        with self.turn() as over:
            yield Question(self._pools.of(uow, programme_id, over, most_pairs=most), over)

    @contextmanager
    def turn(self) -> Iterator[Callable[[], bool]]:
        """Reserve the engine for one question with its own people; yield a function that returns whether time is over.

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
