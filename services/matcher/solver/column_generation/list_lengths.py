"""How long the lists of the best are: long enough that pricing rarely finds more, short enough to be quick."""

from dataclasses import dataclass

import numpy as np

from ..arrays import I64
from ..errors import MemoryLimitReachedError
from ..scoring import ScoreModel, largest_fit
from .limits import Limits

SCARCE, SURPLUS = 0.9, 1.3  # places per mentee
SCARCE_LENGTH, SURPLUS_LENGTH, SURPLUS_LEAST = 4.5, 0.45, 4.0  # times the fourth root of the mentees, and beside it
ROUGH, GUIDED = 4, 12  # mentors a mentee lists while prices are guessed, and once they are


@dataclass(frozen=True)
class ListLengths:
    """Lengths of the lists; any lengths give the same assignment, only the time differs."""

    of_mentor: int
    of_mentee: int
    mentees: int
    mentors: int
    guided: int = 0  # of mentees once prices are guessed; 0: the first lists have to do


def keep_for(mentees: int, capacity: I64, alternates: int, *, ranked: bool = False, led: bool = False) -> ListLengths:
    """Choose lengths: lists of mentors where places are scarce, of mentees where they abound, else guided ones.

    `ranked` says that bonuses matter next to fit: a mentor's best are then the same few people everywhere, and the
    market is balanced among those who can win. `led` says that prices are known.
    """
    mentors = len(capacity)
    places = int(np.minimum(capacity, mentees).sum())
    ratio = places / max(1, mentees)
    grown = max(mentees, 1) ** 0.25
    of_mentor, of_mentee, guided = 0.0, float(ROUGH), GUIDED
    if ratio > SURPLUS and not led:
        of_mentee, guided = SURPLUS_LEAST + SURPLUS_LENGTH * grown, 0
    elif ratio < SCARCE and not ranked and not led:
        crowd = max(1.0, places / max(1, int(np.count_nonzero(capacity))) / 2)
        of_mentor, of_mentee, guided = SCARCE_LENGTH * grown * crowd, 0.0, 0
    return ListLengths(
        of_mentor=min(mentees, int(of_mentor)),
        of_mentee=min(max(mentors, 1), max(int(of_mentee), alternates + 1 if alternates else 0)),
        guided=min(max(mentors, 1), guided) if places and mentees else 0,
        mentees=mentees,
        mentors=mentors,
    )


def bonuses_matter(scores: ScoreModel) -> bool:
    """Whether bonuses of people differ enough to fill lists of mentors by themselves."""
    bonus = scores.mentee_bonus
    return bool(len(bonus)) and int(bonus.max() - bonus.min()) * 8 > largest_fit(scores)


def refuse_too_much_memory(limits: Limits, keep: ListLengths, scores: ScoreModel) -> None:
    """Raise `MemoryLimitReachedError` when the estimated working arrays are above the allowed megabytes."""
    if limits.megabytes is None:
        return
    lists = 12 * (4 * keep.mentors * keep.of_mentor + keep.mentees * (keep.of_mentee + keep.guided))
    edges = 60 * (keep.mentors * keep.of_mentor + keep.mentees * max(keep.of_mentee, keep.guided))
    cell = 4 if scores.mentee_share is None else 2
    expanded = cell * keep.mentors * sum(len(table) for table in scores.tables)
    people = 200 * (keep.mentees + keep.mentors)
    needed = (lists + edges + expanded + people) / 1e6
    if needed > limits.megabytes:
        raise MemoryLimitReachedError(f"about {needed:.0f} MB needed, {limits.megabytes:.0f} MB allowed")
