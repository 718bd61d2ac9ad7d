"""Refuse scores whose exact sums could leave the integers used for them."""

import numpy as np

from services.matcher.domain.arrays import AnyArray
from services.matcher.domain.errors import ValueTooLargeError
from services.matcher.domain.scoring.scores import Scores

LARGEST_FIT = 2**29  # so that the compiled core adds in 32 bits
LARGEST_BONUS = 2**57


def refuse_too_large(scores: Scores) -> None:
    """Raise `ValueTooLargeError` unless every part of every pair's sum fits; O(size of the tables)."""
    fit = largest_fit(scores)
    if fit > LARGEST_FIT:
        raise ValueTooLargeError(f"tables and mentor_bonus can add up to {fit}, above {LARGEST_FIT}; lower the weights")
    if _largest(scores.mentee_bonus) > LARGEST_BONUS:
        raise ValueTooLargeError(f"mentee_bonus is above {LARGEST_BONUS}")


def largest_fit(scores: Scores) -> int:
    """Return a bound of what tables, overlaps and `mentor_bonus` can add up to, either sign."""
    tables: list[AnyArray] = [*scores.tables, *(overlap.table for overlap in scores.overlaps), scores.mentor_bonus]
    return sum(_largest(table) for table in tables)


def _largest(array: AnyArray) -> int:
    """Return the largest magnitude, without the overflow of abs(lowest)."""
    return max(int(array.max()), -int(array.min())) if np.size(array) else 0
