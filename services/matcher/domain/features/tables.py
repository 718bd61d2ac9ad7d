"""Turn what people said into tables of codes: one code for each distinct answer, one cell for each two answers."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import reduce
from operator import or_
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from services.matcher.domain.arrays import I32, U64
from services.matcher.domain.features.coded import NEUTRAL, AnyRule, ByTable

A = TypeVar("A", bound=Hashable)
B = TypeVar("B", bound=Hashable)
MASK_BITS = 64


def distinct(answers: Sequence[A]) -> tuple[list[A], I32]:
    """The distinct answers in order of first appearance, and the code of each person's answer.

    Told apart as objects first, which many share (see ``answers``): only the few that are left are compared.
    """
    objects = np.fromiter(map(id, answers), dtype=np.int64, count=len(answers))
    _, first, object_of = np.unique(objects, return_index=True, return_inverse=True)
    found: dict[A, int] = {}
    codes = np.empty(len(first), dtype=np.int32)
    for place in np.argsort(first).tolist():
        codes[place] = found.setdefault(answers[first[place]], len(found))
    return list(found), codes[object_of]


def by_answers(
    mentees: Sequence[A], mentors: Sequence[B], points: Callable[[A, B], int], *, hard_from: int = 1
) -> ByTable:
    """One answer each side: ask ``points`` once for each two distinct answers."""
    rows, mentee_codes = distinct(mentees)
    columns, mentor_codes = distinct(mentors)
    cells = [[points(row, column) for column in columns] for row in rows]
    table = np.array(cells, dtype=np.int32).reshape(len(rows), len(columns))
    return ByTable(table, mentee_codes, mentor_codes, hard_from=hard_from)


def by_best(
    mentees: Sequence[tuple[A, ...]],
    mentors: Sequence[tuple[B, ...]],
    points: Callable[[A, B], int],
    *,
    hard_from: int = 1,
) -> ByTable:
    """Several answers each side, the best two count; without an answer there is nothing to share: 0 points.

    The rule that comes with it: some two answers have at least ``hard_from`` points. Adding an answer never lowers the
    points and never breaks the rule.
    """
    rows, mentee_codes, columns, mentor_codes, near = _near(mentees, mentors, points)
    table = np.zeros((len(rows[0]), len(columns[0])), dtype=np.int32)
    for b, said in enumerate(columns[0]):
        if said:
            best = near[:, [columns[1][one] for one in said]].max(axis=1)
            for a, asked in enumerate(rows[0]):
                if asked:
                    table[a, b] = best[[rows[1][one] for one in asked]].max()
    rule = _rule(rows, columns, near >= hard_from, mentee_codes, mentor_codes)
    return ByTable(table, mentee_codes, mentor_codes, rule, hard_from)


def by_cover(
    mentees: Sequence[tuple[A, ...]], mentors: Sequence[tuple[B, ...]], points: Callable[[A, B], int]
) -> ByTable:
    """Each thing a mentee asks for counts alike: the mean of the best a mentor has for each; no ask is neutral."""
    rows, mentee_codes, columns, mentor_codes, near = _near(mentees, mentors, points)
    share = np.zeros((len(rows[0]), len(rows[1])), dtype=np.int64)
    for a, asked in enumerate(rows[0]):
        for one in asked:
            share[a, rows[1][one]] += 1
    cover = np.zeros((len(rows[1]), len(columns[0])), dtype=np.int64)
    for b, said in enumerate(columns[0]):
        if said:
            cover[:, b] = near[:, [columns[1][one] for one in said]].max(axis=1)
    asks = share.sum(axis=1, keepdims=True)
    table = np.where(asks > 0, (2 * (share @ cover) + asks) // np.maximum(2 * asks, 1), NEUTRAL)
    return ByTable(table.astype(np.int32), mentee_codes, mentor_codes)


Side = tuple[list[tuple[A, ...]], dict[A, int]]


def _near(
    mentees: Sequence[tuple[A, ...]], mentors: Sequence[tuple[B, ...]], points: Callable[[A, B], int]
) -> tuple[Side[A], I32, Side[B], I32, I32]:
    """Distinct sets of answers and distinct single answers on both sides, and the points of any two single ones."""
    row_sets, mentee_codes = distinct(mentees)
    column_sets, mentor_codes = distinct(mentors)
    row_items = {one: k for k, one in enumerate(dict.fromkeys(one for said in row_sets for one in said))}
    column_items = {one: k for k, one in enumerate(dict.fromkeys(one for said in column_sets for one in said))}
    cells = [[points(a, b) for b in column_items] for a in row_items]
    near = np.array(cells, dtype=np.int32).reshape(len(row_items), len(column_items))
    return (row_sets, row_items), mentee_codes, (column_sets, column_items), mentor_codes, near


def _rule(
    rows: Side[A], columns: Side[B], passes: npt.NDArray[np.bool_], mentee_codes: I32, mentor_codes: I32
) -> AnyRule:
    """A bit for each thing mentors say (folded onto 64); a mentee has the bits of all they could take."""
    bits = [1 << (k % MASK_BITS) for k in range(passes.shape[1])]
    takes = [_union(bits[k] for k in np.flatnonzero(row)) for row in passes]
    mentee_masks = [_union(takes[rows[1][one]] for one in asked) for asked in rows[0]]
    mentor_masks = [_union(bits[columns[1][one]] for one in said) for said in columns[0]]
    return AnyRule(
        masks(mentee_masks)[mentee_codes], masks(mentor_masks)[mentor_codes], exact=passes.shape[1] <= MASK_BITS
    )


def _union(parts: Iterable[int]) -> int:
    return reduce(or_, parts, 0)


def masks(values: Sequence[int]) -> U64:
    """Python integers as 64-bit masks."""
    return np.array(values, dtype=np.uint64)
