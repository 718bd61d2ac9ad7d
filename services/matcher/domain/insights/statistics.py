"""Statistics of small samples: intervals of shares, and quantiles of censored waits."""

from collections.abc import Sequence
from math import sqrt

Z95 = 1.959963984540054


def wilson(successes: int, people: int, z: float = Z95) -> tuple[float, float]:
    """Return the 95 % interval of a share (E. B. Wilson, JASA 22, 1927); (0.0, 1.0) for no people."""
    if people == 0:
        return 0.0, 1.0
    share = successes / people
    centre = share + z * z / (2 * people)
    half = z * sqrt(share * (1 - share) / people + z * z / (4 * people * people))
    whole = 1 + z * z / people
    return max(0.0, (centre - half) / whole), min(1.0, (centre + half) / whole)


def survival_quantile(waits: Sequence[tuple[float, bool]], share: float) -> float | None:
    """Return the time by which a share of people (0 to 1) is matched, by Kaplan and Meier (JASA 53, 1958).

    ``waits`` are (time, over): an open wait is censored at its time so far. None where the data does not reach.
    """
    at_risk, surviving = len(waits), 1.0
    for time in sorted({time for time, _ in waits}):
        over = sum(1 for wait, is_over in waits if wait == time and is_over)
        if over:
            surviving *= 1 - over / at_risk
            if 1 - surviving >= share - 1e-12:
                return time
        at_risk -= sum(1 for wait, _ in waits if wait == time)
    return None
