"""Refuse scores whose exact sums could leave the integers used for them."""

import numpy as np

from services.matcher.domain.arrays import I64, AnyArray
from services.matcher.domain.errors import ValueTooLargeError
from services.matcher.domain.scoring.scores import Scores

LARGEST_FIT = 2**29  # so that the compiled core adds in 32 bits
LARGEST_BONUS = 2**57


def refuse_too_large(scores: Scores) -> None:
    """Raise `ValueTooLargeError` unless every part of every pair's sum fits; O(size of the tables)."""
    fit = largest_fit(scores)
    if fit > LARGEST_FIT:
        raise ValueTooLargeError(f"tables and mentor_bonus can add up to {fit}, above {LARGEST_FIT}; lower the weights")
    if largest(scores.mentee_bonus) > LARGEST_BONUS:
        raise ValueTooLargeError(f"mentee_bonus is above {LARGEST_BONUS}")


def largest_fit(scores: Scores) -> int:
    """Return a bound of what tables, overlaps and `mentor_bonus` can add up to, either sign; O(mentees x tables)."""
    of_mentee = np.zeros(len(scores.mentee_bonus), np.int64)
    for t, table in enumerate(scores.tables):
        most = _largest_of_rows(table)[scores.mentee_codes[t]]
        of_mentee += most if scores.mentee_share is None else most * scores.mentee_share[t]
    for overlap in scores.overlaps:
        of_mentee += _largest_of_rows(overlap.table)[overlap.mentee_row]
    return int(of_mentee.max(initial=0)) + largest(scores.mentor_bonus)


def _largest_of_rows(table: AnyArray) -> I64:
    """Return the largest magnitude in each row, without the overflow of abs(lowest)."""
    wide = table.astype(np.int64)
    largest: I64 = np.maximum(wide.max(axis=1, initial=0), -wide.min(axis=1, initial=0))
    return largest


def largest(array: AnyArray) -> int:
    """Return the largest magnitude in an array."""
    return max(int(array.max()), -int(array.min())) if np.size(array) else 0
