"""Raise for scores whose exact sums could overflow."""

from ..errors import ValueTooLargeError
from .score_model import ScoreModel, largest

LARGEST_FIT = 2**29  # so that the compiled core adds in 32 bits
LARGEST_BONUS = 2**57


def refuse_too_large(scores: ScoreModel) -> None:
    """Raise ``ValueTooLargeError`` unless every part of every pair's sum fits; O(size of the tables)."""
    fit = largest_fit(scores)
    if fit > LARGEST_FIT:
        raise ValueTooLargeError(f"tables and mentor_bonus can add up to {fit}, above {LARGEST_FIT}; lower the weights")
    if largest(scores.mentee_bonus) > LARGEST_BONUS:
        raise ValueTooLargeError(f"mentee_bonus is above {LARGEST_BONUS}")


def largest_fit(scores: ScoreModel) -> int:
    """Return an upper bound of the absolute sum of tables, overlaps and ``mentor_bonus``; computed once."""
    return scores.largest_fit
