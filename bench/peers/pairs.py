"""The input of every peer, the scores of all eligible pairs, and the check of its result."""

from dataclasses import dataclass

import numpy as np

from bench.markets import Pool
from services.matcher.solver.arrays import I64
from services.matcher.solver.eligibility import mentee_classes
from services.matcher.solver.scoring import score_block


@dataclass(frozen=True)
class Pairs:
    """All eligible pairs of positive value with mentors who have places, by mentee, mentors ascending."""

    mentee: I64
    mentor: I64
    value: I64
    capacity: I64  # (N,)
    mentees: int

    @property
    def place(self) -> I64:
        """The mentor of each place; solvers of one-to-one problems get a column per place."""
        return np.repeat(np.arange(len(self.capacity)), self.capacity)

    def by_place(self) -> tuple[I64, I64, I64]:
        """Return every pair once for each of the mentor's places: mentee, place, value."""
        copies = self.capacity[self.mentor]
        first = np.cumsum(self.capacity) - self.capacity
        nth = np.arange(int(copies.sum())) - np.repeat(np.cumsum(copies) - copies, copies)
        return (
            np.repeat(self.mentee, copies),
            np.repeat(first[self.mentor], copies) + nth,
            np.repeat(self.value, copies),
        )

    def worth(self, mentor_of: I64) -> tuple[int, int]:
        """Return the total value and the number of matched mentees; raise ``ValueError`` for an invalid result."""
        matched = np.flatnonzero(mentor_of >= 0)
        columns = len(self.capacity)
        known, chosen = self.mentee * columns + self.mentor, matched * columns + mentor_of[matched]
        at = np.minimum(np.searchsorted(known, chosen), max(len(known) - 1, 0))
        if len(matched) and (known[at] != chosen).any():
            raise ValueError("the answer holds a pair that is not eligible")
        if (np.bincount(mentor_of[matched], minlength=columns) > self.capacity).any():
            raise ValueError("the answer gives a mentor more people than places")
        return int(self.value[at].sum()) if len(matched) else 0, len(matched)


def eligible_pairs(pool: Pool) -> Pairs:
    """Return the scored eligible pairs; this work is not measured for peers."""
    classes, scores = mentee_classes(pool.rules.checked()), pool.scores.checked()
    rows, columns, values = [], [], []
    for mentee_class in range(classes.count):
        mentees = np.flatnonzero(classes.class_of == mentee_class)
        mentors = classes.mentor_order[classes.positions_of(mentee_class)]
        rows.append(np.repeat(mentees, len(mentors)))
        columns.append(np.tile(mentors, len(mentees)))
        values.append(score_block(scores, mentees, mentors).ravel())
    row, column, value = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
    excluded = pool.rules.excluded[:, 0] * len(pool.capacity) + pool.rules.excluded[:, 1]
    usable = (value > 0) & (pool.capacity[column] > 0) & ~np.isin(row * len(pool.capacity) + column, excluded)
    order = np.lexsort((column[usable], row[usable]))
    row, column, value = row[usable][order], column[usable][order], value[usable][order]
    return Pairs(row, column, value, pool.capacity, len(pool.tie_break.mentee_key))
