"""How long the lists of the best are: long enough that pricing rarely finds more, short enough to be quick."""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.arrays import I64
from services.matcher.domain.errors import MemoryLimitReachedError
from services.matcher.domain.scoring import Scores, largest_fit
from services.matcher.domain.solve.limits import Limits

SCARCE, SURPLUS = 0.9, 1.3  # places per mentee
# Times the fourth root of the mentees; measured.
SCARCE_LENGTH, BALANCED_LENGTH, SURPLUS_LENGTH = 4.0, 3.0, 1.2
RANKED_LENGTHS = 6.0, 4.0  # of mentors and mentees where places are scarce and bonuses matter


@dataclass(frozen=True)
class Keep:
    """Lengths of the lists; any lengths give the same assignment, only the time differs."""

    of_mentor: int
    of_mentee: int
    mentees: int
    mentors: int


def keep_for(mentees: int, capacity: I64, alternates: int, *, ranked: bool = False) -> Keep:
    """Choose lengths: lists of mentors where places are scarce, of mentees where they abound, else of both.

    `ranked` says that bonuses matter next to fit: a mentor's best are then the same few people everywhere, and lists of
    mentees are needed as well.
    """
    mentors = len(capacity)
    places = int(np.minimum(capacity, mentees).sum())
    ratio = places / max(1, mentees)
    grown = max(mentees, 1) ** 0.25
    crowd = max(1.0, places / max(1, int(np.count_nonzero(capacity))) / 2)
    if ratio < SCARCE and not ranked:
        of_mentor, of_mentee = SCARCE_LENGTH * grown * crowd, 0.0
    elif ratio < SCARCE:
        of_mentor, of_mentee = RANKED_LENGTHS[0] * grown * crowd, RANKED_LENGTHS[1] * grown
    elif ratio > SURPLUS:
        of_mentor, of_mentee = 0.0, SURPLUS_LENGTH * grown
    else:
        of_mentor, of_mentee = BALANCED_LENGTH * grown * crowd, BALANCED_LENGTH * grown
    mentor_keep = min(mentees, int(of_mentor))
    mentee_keep = min(max(mentors, 1), max(int(of_mentee), alternates + 1))
    return Keep(mentor_keep, mentee_keep, mentees, mentors)


def bonuses_matter(scores: Scores) -> bool:
    """Whether bonuses of people differ enough to fill lists of mentors by themselves."""
    bonus = scores.mentee_bonus
    return bool(len(bonus)) and int(bonus.max() - bonus.min()) * 8 > largest_fit(scores)


def refuse_too_much_memory(limits: Limits, keep: Keep, scores: Scores) -> None:
    """Raise `MemoryLimitReachedError` when the estimated working arrays are above the allowed megabytes."""
    if limits.megabytes is None:
        return
    lists = 12 * (2 * keep.mentors * keep.of_mentor + keep.mentees * keep.of_mentee)
    edges = 60 * (keep.mentors * keep.of_mentor + keep.mentees * keep.of_mentee)
    expanded = 4 * keep.mentors * sum(len(table) for table in scores.tables)
    people = 200 * (keep.mentees + keep.mentors)
    needed = (lists + edges + expanded + people) / 1e6
    if needed > limits.megabytes:
        raise MemoryLimitReachedError(f"about {needed:.0f} MB needed, {limits.megabytes:.0f} MB allowed")
