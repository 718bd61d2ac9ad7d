"""The watch kept during a run: time, cancellation, progress."""

import time
from collections.abc import Callable

from services.matcher.domain.errors import RunCancelledError, TimeLimitReachedError
from services.matcher.domain.solve.limits import Cancelled, Limits, Progress


class Watch:
    """Asked between slices of work; raises when the run must stop, tells progress otherwise."""

    def __init__(self, limits: Limits, progress: Progress | None, cancelled: Cancelled | None) -> None:
        self._seconds = limits.seconds
        self._started = time.monotonic()
        self._progress = progress
        self._cancelled = cancelled

    def during(self, step: str) -> Callable[[float], None]:
        """Return the pause of one step."""

        def pause(share: float) -> None:
            if self._cancelled is not None and self._cancelled():
                raise RunCancelledError(f"cancelled during {step}")
            if self._seconds is not None and time.monotonic() - self._started > self._seconds:
                raise TimeLimitReachedError(f"not done within {self._seconds} seconds (at {step})")
            if self._progress is not None:
                self._progress(step, share)

        return pause
