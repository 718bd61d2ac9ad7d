"""The watch kept over a round, or over any run: its deadline, its cancellation, its progress.

One watch goes through everything a round does, so that its seconds count from the first person read to the last reason
given, however often the kernel is asked on the way.
"""

import time
from collections.abc import Callable

from ..errors import RunCancelledError, TimeLimitReachedError

Progress = Callable[[str, float], None]  # (step: one of `STEPS`; share of it done, 0.0 to 1.0)
Cancelled = Callable[[], bool]
STEPS = ("features", "score", "assign", "price", "reasons")


class Watch:
    """Asked between slices of work; raises when the run must stop, tells progress otherwise.

    Raises `RunCancelledError` when `cancelled()` says so, and `TimeLimitReachedError` more than `seconds` after the
    watch was made, by `clock`. Progress never goes back: column generation scores and assigns again, and while it is
    behind what was told already, nothing is told.
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
        """Stop here if the run must; otherwise tell how far it is."""
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
        """Return the pause of some work that brings a step from its `first` share to its `last`."""
        return lambda share: self.look(step, first + share * (last - first))
