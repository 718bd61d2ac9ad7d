"""Where bonuses of people decide who is matched, most of a bonus decides nothing else: leave it aside for a while.

With places for P people, whoever stands far above the P-th highest bonus is matched and whoever stands far below is
not, whatever the fit; between those who are, fit decides. So lists and auction work with bonuses cut to a band around
that margin, in which numbers are small and a list of the best is not merely a list of the highest bonuses. What was cut
off one mentee's bonus is the same for all their pairs, so it returns exactly as part of that mentee's price.
"""

import numpy as np

from ..arrays import I64
from ..scoring import ScoreModel, largest_fit

BAND = 3  # the band reaches this part of the largest fit to each side; measured


def beyond_margin(scores: ScoreModel, capacity: I64) -> I64:
    """Return (M,) what each bonus has beyond the band, negative below it; zeros where bonuses are small."""
    bonus = scores.mentee_bonus
    nothing = np.zeros(len(bonus), np.int64)
    if not len(bonus):
        return nothing
    fit, lowest, highest = largest_fit(scores), int(bonus.min()), int(bonus.max())
    # Below that, cutting could turn a pair worth nothing into one worth something, or there is nothing to cut.
    if lowest <= fit or highest - lowest <= 2 * fit:
        return nothing
    places = min(int(np.minimum(capacity, len(bonus)).sum()), len(bonus))
    margin = int(np.partition(bonus, len(bonus) - places)[len(bonus) - places]) if places else highest
    band: I64 = np.clip(bonus, max(lowest, margin - fit // BAND), margin + fit // BAND)
    return bonus - band
