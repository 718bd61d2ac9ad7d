"""What every peer is given for free: the scores of all eligible pairs. And what is asked of its answer."""

from dataclasses import dataclass

import numpy as np

from bench.markets import Pool
from services.matcher.solver.arrays import I64
from services.matcher.solver.eligibility import mentee_classes
from services.matcher.solver.scoring import score_block


@dataclass(frozen=True)
class Pairs:
    """Every eligible pair of positive value with a mentor who has places, mentee by mentee, mentors ascending."""

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
        """Every pair once for each of the mentor's places: mentee, place, value."""
        copies = self.capacity[self.mentor]
        first = np.cumsum(self.capacity) - self.capacity
        nth = np.arange(int(copies.sum())) - np.repeat(np.cumsum(copies) - copies, copies)
        return (
            np.repeat(self.mentee, copies),
            np.repeat(first[self.mentor], copies) + nth,
            np.repeat(self.value, copies),
        )

    def worth(self, mentor_of: I64) -> tuple[int, int]:
        """The total value of an answer and the people matched; ValueError for one that breaks a rule."""
        matched = np.flatnonzero(mentor_of >= 0)
        columns = len(self.capacity)
        known, asked = self.mentee * columns + self.mentor, matched * columns + mentor_of[matched]
        at = np.minimum(np.searchsorted(known, asked), max(len(known) - 1, 0))
        if len(matched) and (known[at] != asked).any():
            raise ValueError("the answer holds a pair that is not eligible")
        if (np.bincount(mentor_of[matched], minlength=columns) > self.capacity).any():
            raise ValueError("the answer gives a mentor more people than places")
        return int(self.value[at].sum()) if len(matched) else 0, len(matched)


def eligible_pairs(pool: Pool) -> Pairs:
    """Score every eligible pair, the work the peers are spared."""
    kinds, scores = mentee_classes(pool.rules.checked()), pool.scores.checked()
    rows, columns, values = [], [], []
    for kind in range(kinds.count):
        mentees = np.flatnonzero(kinds.kind_of == kind)
        mentors = kinds.mentor_order[kinds.positions_of(kind)]
        rows.append(np.repeat(mentees, len(mentors)))
        columns.append(np.tile(mentors, len(mentees)))
        values.append(score_block(scores, mentees, mentors).ravel())
    row, column, value = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
    barred = pool.rules.excluded[:, 0] * len(pool.capacity) + pool.rules.excluded[:, 1]
    kept = (value > 0) & (pool.capacity[column] > 0) & ~np.isin(row * len(pool.capacity) + column, barred)
    order = np.lexsort((column[kept], row[kept]))
    row, column, value = row[kept][order], column[kept][order], value[kept][order]
    return Pairs(row, column, value, pool.capacity, len(pool.tie_break.mentee_key))
