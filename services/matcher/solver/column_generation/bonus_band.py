"""Set aside the part of bonuses that only decides who is matched, while lists and auction run.

With places for P people, a mentee far above the P-th highest bonus is matched and one far below is not, whatever the
fit; among the matched, fit decides. So lists and auction use bonuses clipped to a band around that margin, where
numbers are small and a list of the best is not merely a list of the highest bonuses. The clipped part of a bonus (the
bonus offset) is the same for all pairs of a mentee, so it returns exactly as part of that mentee's price.
"""

import numpy as np

from ..arrays import I64
from ..scoring import ScoreModel, largest_fit

BAND = 3  # the band extends a third of the largest fit to each side; measured


def bonus_offsets(scores: ScoreModel, capacity: I64) -> I64:
    """Return the part of each bonus outside the band (M,), negative below it; zeros where bonuses are small."""
    bonus = scores.mentee_bonus
    zeros = np.zeros(len(bonus), np.int64)
    if not len(bonus):
        return zeros
    fit, lowest, highest = largest_fit(scores), int(bonus.min()), int(bonus.max())
    # Otherwise clipping could give a worthless pair a value, or there is nothing to clip.
    if lowest <= fit or highest - lowest <= 2 * fit:
        return zeros
    places = min(int(np.minimum(capacity, len(bonus)).sum()), len(bonus))
    margin = int(np.partition(bonus, len(bonus) - places)[len(bonus) - places]) if places else highest
    band: I64 = np.clip(bonus, max(lowest, margin - fit // BAND), margin + fit // BAND)
    return bonus - band
