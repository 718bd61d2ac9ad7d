"""Run a loop in a thread, wait for a condition, and always end the loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.chassis.core.clock import monotonic
from tests.support.patience import PATIENCE


class StillNot(AssertionError):
    """The condition did not become true in time."""


def until(true: Callable[[], object], *, within: float = PATIENCE) -> None:
    """Wait until ``true`` returns a true value; raises StillNot after ``within`` seconds."""
    deadline = monotonic() + within
    pause = threading.Event()
    while not true():
        if monotonic() > deadline:
            raise StillNot
        pause.wait(0.005)


class Running:
    """A loop in a thread. ``error`` is the exception that ended it, if any."""

    def __init__(self, loop: Callable[[threading.Event], None]) -> None:
        self.stop = threading.Event()
        self.error: BaseException | None = None
        self._loop = loop
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self.stop.set()
        self.ended()

    def ended(self) -> None:
        """Wait for the loop to end."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the loop does not stop"

    def _run(self) -> None:
        try:
            self._loop(self.stop)
        except BaseException as error:
            self.error = error


@contextmanager
def running(loop: Callable[[threading.Event], None]) -> Iterator[Running]:
    """Run a loop while the block runs; raises the loop's exception at the end."""
    run = Running(loop)
    try:
        yield run
    finally:
        run.end()
    if run.error is not None:
        raise run.error
