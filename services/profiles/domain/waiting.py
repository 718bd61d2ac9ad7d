"""Estimate the waiting time from recent waits, with their number; no estimate when there are too few."""

from collections.abc import Sequence
from dataclasses import dataclass

MIN_MATCHES = 8  # below this a range would be a guess
RECENT_DAYS = 90


@dataclass(frozen=True)
class WaitingRange:
    """A range in hours that holds eight of ten recent waits; ``shortest`` is None when too few are known."""

    matches: int
    shortest: int | None = None
    longest: int | None = None
    days: int = RECENT_DAYS


def waiting_range(seconds: Sequence[int]) -> WaitingRange:
    """Return the range between the first and ninth decile of recent waits (seconds from sign-up to match)."""
    if len(seconds) < MIN_MATCHES:
        return WaitingRange(len(seconds))
    ordered = sorted(seconds)
    first, ninth = ordered[len(ordered) // 10], ordered[(len(ordered) * 9 - 1) // 10]
    return WaitingRange(len(ordered), shortest=first // 3600, longest=max(1, -(-ninth // 3600)))
