"""The only door to the wall clock, so that a test can hold it still.

Deadlines are decided by database time (`Transaction.now`); this clock is for what has no transaction at hand.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, in UTC, aware."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, in UTC, aware."""
        return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds on a clock that never goes back: for durations and back-off, never for dates."""
    return time.monotonic()
