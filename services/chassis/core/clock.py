"""The only access to the wall clock, so that a test can set the time.

Deadlines are decided by database time (``Transaction.now``); this clock is for code without a transaction.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A source of the current time."""

    def now(self) -> datetime:
        """Return the current time as an aware datetime in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the current time as an aware datetime in UTC."""
        return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds on a clock that never goes back: for durations and back-off, never for dates."""
    return time.monotonic()
