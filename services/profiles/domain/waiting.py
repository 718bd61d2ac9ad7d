"""How long people wait: told from recent waits, with the number it rests on, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 8  # below this a range would be a guess
RECENT_DAYS = 90


@dataclass(frozen=True)
class Waiting:
    """An honest range in hours that holds eight of ten recent waits; `shortest` is None when too few are known."""

    matches: int
    shortest: int | None = None
    longest: int | None = None
    days: int = RECENT_DAYS


def waiting_range(seconds: Sequence[int]) -> Waiting:
    """Return the range between the first and the ninth tenth of recent waits (seconds from sign-up to a match)."""
    if len(seconds) < FEWEST:
        return Waiting(len(seconds))
    ordered = sorted(seconds)
    first, ninth = ordered[len(ordered) // 10], ordered[(len(ordered) * 9 - 1) // 10]
    return Waiting(len(ordered), shortest=first // 3600, longest=max(1, -(-ninth // 3600)))
