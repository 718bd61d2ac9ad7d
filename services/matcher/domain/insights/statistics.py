"""Intervals, so that a small number is not taken for a large truth."""

from collections.abc import Sequence
from math import sqrt

Z95 = 1.959963984540054


def wilson(successes: int, people: int, z: float = Z95) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, JASA 22, 1927); (0.0, 1.0) when nobody was counted."""
    if people == 0:
        return 0.0, 1.0
    share = successes / people
    centre = share + z * z / (2 * people)
    half = z * sqrt(share * (1 - share) / people + z * z / (4 * people * people))
    whole = 1 + z * z / people
    return max(0.0, (centre - half) / whole), min(1.0, (centre + half) / whole)


def survival_quantile(waits: Sequence[tuple[float, bool]], share: float) -> float | None:
    """When a share of people (0 to 1) has been matched, by Kaplan and Meier (JASA 53, 1958).

    ``waits`` are (time, over): a wait that goes on counts as long as it lasted. None where the data does not reach.
    """
    left, surviving = len(waits), 1.0
    for time in sorted({time for time, _ in waits}):
        over = sum(1 for one, done in waits if one == time and done)
        if over:
            surviving *= 1 - over / left
            if 1 - surviving >= share - 1e-12:
                return time
        left -= sum(1 for one, _ in waits if one == time)
    return None
