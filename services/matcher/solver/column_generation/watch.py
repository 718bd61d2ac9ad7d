"""Deadline, cancellation and progress of a run.

A matching round passes one watch through all its steps, so that the time limit covers everything from reading people to
writing reasons, however often the solver is called.
"""

import time
from collections.abc import Callable

from ..errors import RunCancelledError, TimeLimitReachedError

Progress = Callable[[str, float], None]  # (step: one of ``STEPS``; share of it done, 0.0 to 1.0)
Cancelled = Callable[[], bool]
STEPS = ("features", "score", "assign", "price", "reasons")


class Watch:
    """A check between slices of work whether the run must stop; it also reports progress.

    Raises ``RunCancelledError`` when ``cancelled()`` returns true, and ``TimeLimitReachedError`` more than ``seconds``
    after the watch was created, by ``clock``. Progress never goes back: column generation scores and assigns again, and
    nothing is reported until it is further than before.
    """

    def __init__(
        self,
        *,
        seconds: float | None = None,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._progress = progress
        self._cancelled = cancelled
        self._clock = clock
        self._started = clock()
        self._furthest = (0, 0.0)

    def look(self, step: str, share: float) -> None:
        """Raise if the run must stop; otherwise report progress."""
        if self._cancelled is not None and self._cancelled():
            raise RunCancelledError(f"cancelled during {step}")
        if self._seconds is not None and self._clock() - self._started > self._seconds:
            raise TimeLimitReachedError(f"not done within {self._seconds} seconds (at {step})")
        reached = STEPS.index(step), share
        if reached >= self._furthest:
            self._furthest = reached
            if self._progress is not None:
                self._progress(step, share)

    def during(self, step: str, first: float = 0.0, last: float = 1.0) -> Callable[[float], None]:
        """Return the pause function of work that takes a step from share ``first`` to share ``last``."""
        return lambda share: self.look(step, first + share * (last - first))
