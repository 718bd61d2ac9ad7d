"""Lengths of candidate lists: long enough that pricing rarely finds more pairs, short enough to be fast."""

from dataclasses import dataclass

import numpy as np

from ..arrays import I64
from ..errors import MemoryLimitReachedError
from ..scoring import ScoreModel, largest_fit
from .limits import Limits

SCARCE, SURPLUS = 0.9, 1.3  # places per mentee
SCARCE_LENGTH, SURPLUS_LENGTH, SURPLUS_LEAST = 4.5, 0.45, 4.0  # factors of the fourth root of M, and a constant
ROUGH, BY_PRICE = 4, 12  # mentors on a mentee's list before prices are guessed, and after


@dataclass(frozen=True)
class ListLengths:
    """Lengths of candidate lists; they change the time, never the assignment."""

    of_mentor: int
    of_mentee: int
    mentees: int
    mentors: int
    by_price: int = 0  # of mentees, ranked by value less guessed price; 0: no second lists


def lengths_for(
    mentees: int, capacity: I64, alternates: int, *, ranked: bool = False, warm: bool = False
) -> ListLengths:
    """Return lengths: mentors' lists where places are scarce, mentees' lists where they abound, else lists by price.

    ``ranked``: bonuses matter next to fit, so all mentors would list the same few mentees, and the market is balanced
    among those who can be matched. ``warm``: prices are known from an earlier assignment.
    """
    mentors = len(capacity)
    places = int(np.minimum(capacity, mentees).sum())
    ratio = places / max(1, mentees)
    grown = max(mentees, 1) ** 0.25
    of_mentor, of_mentee, by_price = 0.0, float(ROUGH), BY_PRICE
    if ratio > SURPLUS and not warm:
        of_mentee, by_price = SURPLUS_LEAST + SURPLUS_LENGTH * grown, 0
    elif ratio < SCARCE and not ranked and not warm:
        crowd = max(1.0, places / max(1, int(np.count_nonzero(capacity))) / 2)
        of_mentor, of_mentee, by_price = SCARCE_LENGTH * grown * crowd, 0.0, 0
    return ListLengths(
        of_mentor=min(mentees, int(of_mentor)),
        of_mentee=min(max(mentors, 1), max(int(of_mentee), alternates + 1 if alternates else 0)),
        by_price=min(max(mentors, 1), by_price) if places and mentees else 0,
        mentees=mentees,
        mentors=mentors,
    )


def bonuses_matter(scores: ScoreModel) -> bool:
    """Return whether bonuses differ so much that they alone would decide mentors' lists."""
    bonus = scores.mentee_bonus
    return bool(len(bonus)) and int(bonus.max() - bonus.min()) * 8 > largest_fit(scores)


def refuse_too_much_memory(limits: Limits, lengths: ListLengths, scores: ScoreModel) -> None:
    """Raise ``MemoryLimitReachedError`` when the estimated working arrays are above the allowed megabytes."""
    if limits.megabytes is None:
        return
    lists = 12 * (4 * lengths.mentors * lengths.of_mentor + lengths.mentees * (lengths.of_mentee + lengths.by_price))
    edges = 60 * (lengths.mentors * lengths.of_mentor + lengths.mentees * max(lengths.of_mentee, lengths.by_price))
    cell = 4 if scores.mentee_share is None else 2
    expanded = cell * lengths.mentors * sum(len(table) for table in scores.tables)
    people = 200 * (lengths.mentees + lengths.mentors)
    needed = (lists + edges + expanded + people) / 1e6
    if needed > limits.megabytes:
        raise MemoryLimitReachedError(f"about {needed:.0f} MB needed, {limits.megabytes:.0f} MB allowed")
