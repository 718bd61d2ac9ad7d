"""Scores of chosen rows and columns, in numpy."""

import numpy as np

from ..arrays import I64
from .score_model import ScoreModel


def score_block(scores: ScoreModel, mentees: I64, mentors: I64) -> I64:
    """Return the (len(mentees), len(mentors)) scores of every chosen pair; ``scores`` are checked."""
    total = scores.mentee_bonus[mentees][:, None] + scores.mentor_bonus[mentors][None, :]
    for t, table in enumerate(scores.tables):
        points = table[scores.mentee_codes[t, mentees]][:, scores.mentor_codes[t, mentors]]
        total += (
            points
            if scores.mentee_share is None
            else points * scores.mentee_share[t, mentees].astype(np.int64)[:, None]
        )
    for overlap in scores.overlaps:
        shared = np.zeros(total.shape, dtype=np.int64)
        for mentee_word, mentor_word in zip(overlap.mentee_bits, overlap.mentor_bits, strict=True):
            shared += np.bitwise_count(mentee_word[mentees][:, None] & mentor_word[mentors][None, :])
        total += overlap.table[overlap.mentee_row[mentees][:, None], shared]
    return total


def matchable(scores: ScoreModel, mentees: I64, mentors: I64) -> tuple[I64, I64, I64]:
    """Return mentees, mentors and scores of the chosen pairs of score > 0 and enough fit, by mentee."""
    value = score_block(scores, mentees, mentors)
    worth = value > 0
    if scores.least is not None:
        worth &= value - scores.mentee_bonus[mentees][:, None] >= scores.least
    row, column = np.nonzero(worth)
    return mentees[row], mentors[column], value[row, column]


def score_pairs(scores: ScoreModel, mentees: I64, mentors: I64) -> I64:
    """Return the score of each pair (mentees[k], mentors[k]); ``scores`` are checked."""
    total = scores.mentee_bonus[mentees] + scores.mentor_bonus[mentors]
    for t, table in enumerate(scores.tables):
        points = table[scores.mentee_codes[t, mentees], scores.mentor_codes[t, mentors]]
        total += points if scores.mentee_share is None else points * scores.mentee_share[t, mentees].astype(np.int64)
    for overlap in scores.overlaps:
        shared = np.bitwise_count(overlap.mentee_bits[:, mentees] & overlap.mentor_bits[:, mentors]).sum(axis=0)
        total += overlap.table[overlap.mentee_row[mentees], shared]
    return total
