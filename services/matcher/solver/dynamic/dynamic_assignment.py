"""The dynamic assignment: people change, leave and arrive, and the pairs equal those of a new solve.

The pairs and prices of a solve are kept. A changed person gets all their eligible pairs as edges; people whose pairs
are no longer possible are matched again by shortest augmenting paths from the kept prices (the successive shortest path
argument: prices stay feasible, only changed people break complementary slackness). Then the pairs of unchanged people
whose prices fell are priced, as in column generation, so the optimum is one over all eligible pairs. It is unique in
(value, tie), so the order of changes does not matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..arrays import I64
from ..assignment import (
    Assignment,
    Certificate,
    Edges,
    Optimum,
    TieBreak,
    assignment_from,
    certify,
    checked_capacity,
)
from ..column_generation import Watch
from ..column_generation.backend import scorer_for
from ..column_generation.bonus_band import bonus_offsets
from ..column_generation.list_lengths import lengths_for
from ..column_generation.restricted_problem import Columns
from ..eligibility import BitRules, mentee_classes
from ..scoring import ScoreModel

Mask = npt.NDArray[np.bool_]


class Partners(NamedTuple):
    """All eligible pairs of one person: rows of the other side, each once, their values, and their ties."""

    rows: I64
    values: I64
    ties: I64


NO_PAIRS = Partners(*(np.zeros(0, np.int64) for _ in range(3)))
"""The pairs of a person who left."""


@dataclass(frozen=True)
class DynamicAssignment:
    """The optimum over all eligible pairs of M mentees and N mentors; a change returns another one.

    ``edges`` are the pairs of the restricted problem; the prices cover all others. Rows keep their numbers; N grows
    with each mentor who arrives.
    """

    edges: Edges
    capacity: I64  # (N,)
    optimum: Optimum
    changed: Mask  # (M,) mentees whose eligible pairs are all among the edges
    columns: Columns  # for the pairs that are not among the edges

    def after(
        self,
        *,
        mentees: Mapping[int, Partners] | None = None,
        mentors: Mapping[int, tuple[Partners, int]] | None = None,
        watch: Watch | None = None,
    ) -> "DynamicAssignment":
        """Return the optimum after people changed: each by row, with all their pairs, and a mentor with their places.

        A mentor who arrives has the next free row; a person who leaves has no pairs. Where both people of a pair
        change, the pair counts if the mentee has it.
        """
        mentees, mentors = mentees or {}, mentors or {}
        mentor_count = max([len(self.capacity), *(row + 1 for row in mentors)])
        capacity = np.append(self.capacity, np.zeros(mentor_count - len(self.capacity), np.int64))
        capacity[list(mentors)] = [places for _, places in mentors.values()]
        changed = self.changed.copy()
        changed[list(mentees)] = True
        still_priced = self.columns.priced.copy()
        still_priced[[row for row in mentors if row < len(still_priced)]] = False
        columns = replace(self.columns, capacity=capacity, priced=still_priced, watch=watch or Watch())
        edges = _with_changes(self.edges, mentees, mentors, mentor_count)
        start = _start(self.optimum, mentees, mentors, mentor_count)
        bound = columns.bound(self.optimum, changed)
        edges, optimum, _ = columns.cover(edges, columns.optimum(edges, start), bound)
        return DynamicAssignment(edges, capacity, optimum, changed, columns)

    def certificate(self) -> Certificate:
        """Return the proof of the assignment over its edges; the prices cover all other eligible pairs."""
        return certify(self.edges, self.capacity, self.assignment(), trusted=True, compiled=self.columns.compiled)

    def assignment(self) -> Assignment:
        """Return the pairs and prices."""
        return assignment_from(self.edges, self.capacity, self.optimum)


def dynamic_assignment(
    rules: BitRules,
    scores: ScoreModel,
    capacity: npt.ArrayLike,
    edges: Edges,
    assignment: Assignment,
    *,
    tie_break: TieBreak,
    compiled: bool | None = None,
    threads: int | None = None,
) -> DynamicAssignment:
    """Return the dynamic assignment of a solved problem: ``edges`` and ``assignment`` are those of its ``Solution``."""
    rules, scores, places = rules.checked(), scores.checked(), checked_capacity(capacity)
    keys = tie_break.checked(rules.mentees, rules.mentors)
    bonus_offset = bonus_offsets(scores, places)
    banded = replace(scores, mentee_bonus=scores.mentee_bonus - bonus_offset)
    scorer = scorer_for(banded, mentee_classes(rules), places, keys, compiled, threads)
    lengths = lengths_for(rules.mentees, places, 0)
    columns = Columns(scorer, banded, places, places > 0, bonus_offset, keys, lengths, Watch(), compiled)
    optimum = Optimum(
        assignment.mentor_of,
        assignment.mentee_price,
        assignment.mentee_tie_price,
        assignment.mentor_price,
        assignment.mentor_tie_price,
    )
    return DynamicAssignment(edges, places, optimum, np.zeros(rules.mentees, dtype=np.bool_), columns)


def _with_changes(
    edges: Edges, mentees: Mapping[int, Partners], mentors: Mapping[int, tuple[Partners, int]], mentor_count: int
) -> Edges:
    """Return the edges with those of changed people replaced; pairs without value, or with no place, are left out."""
    new_row, new_column = np.zeros(edges.mentees, dtype=np.bool_), np.zeros(mentor_count, dtype=np.bool_)
    new_row[list(mentees)], new_column[list(mentors)] = True, True
    closed = np.zeros(mentor_count, dtype=np.bool_)
    closed[[row for row, (_, places) in mentors.items() if not places]] = True
    mentee = np.repeat(np.arange(edges.mentees), np.diff(edges.indptr))
    kept = ~new_row[mentee] & ~new_column[edges.mentor]
    tie = edges.tie if edges.tie is not None else np.zeros_like(edges.value)
    parts = [(mentee[kept], edges.mentor[kept], edges.value[kept], tie[kept])]
    for row, (rows, values, ties) in mentees.items():
        useful = (values > 0) & ~closed[rows]
        parts.append((np.full(int(useful.sum()), row), rows[useful], values[useful], ties[useful]))
    for row, ((rows, values, ties), places) in mentors.items():
        useful = (values > 0) & ~new_row[rows] & (places > 0)
        parts.append((rows[useful], np.full(int(useful.sum()), row), values[useful], ties[useful]))
    mentee, mentor, value, tie = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(mentee, kind="stable")
    indptr = np.append(0, np.cumsum(np.bincount(mentee, minlength=edges.mentees))).astype(np.int64)
    return Edges(indptr, mentor[order].astype(np.int32), value[order], tie[order])


def _start(
    optimum: Optimum, mentees: Mapping[int, Partners], mentors: Mapping[int, tuple[Partners, int]], mentor_count: int
) -> Optimum:
    """Return the kept pairs and prices without those of changed people.

    A changed mentor starts at the lowest price at which nobody gains by a place with them.
    """
    arrived = np.zeros(mentor_count - len(optimum.mentor_price), np.int64)
    price, tie_price = np.append(optimum.mentor_price, arrived), np.append(optimum.mentor_tie_price, arrived)
    for row, ((rows, values, ties), _) in mentors.items():
        gains = zip(
            (values - optimum.mentee_price[rows]).tolist(),
            (ties - optimum.mentee_tie_price[rows]).tolist(),
            strict=True,
        )
        price[row], tie_price[row] = max(gains, default=(0, 0))
        price[row], tie_price[row] = max((0, 0), (price[row], tie_price[row]))
    mentor_of = optimum.mentor_of.copy()
    mentor_of[np.isin(mentor_of, list(mentors))] = -1
    mentor_of[list(mentees)] = -1
    return Optimum(mentor_of, optimum.mentee_price, optimum.mentee_tie_price, price, tie_price)
