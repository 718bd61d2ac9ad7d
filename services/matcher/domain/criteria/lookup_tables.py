"""Turn what people said into tables of codes: one code for each distinct answer, one cell for each two answers."""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import numpy as np

from services.matcher.domain.criteria.encoding import NEUTRAL, ByTable
from services.matcher.domain.criteria.shared_bits import Sets, rule_of_sets
from services.matcher.solver.arrays import I32, U64

A = TypeVar("A", bound=Hashable)
B = TypeVar("B", bound=Hashable)


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
    asked, said, near = _near(mentees, mentors, points)
    table = np.zeros((len(asked.answers), len(said.answers)), dtype=np.int32)
    some = [row for row, one in enumerate(asked.answers) if one]
    if some:
        every = np.array([item for row in some for item in asked.answers[row]])
        starts = np.cumsum([0] + [len(asked.answers[row]) for row in some])[:-1]
        for column, items in enumerate(said.answers):
            if items:
                best = near[:, list(items)].max(axis=1)
                table[some, column] = np.maximum.reduceat(best[every], starts)
    rule = rule_of_sets(near >= hard_from, asked, said)
    return ByTable(table, asked.codes, said.codes, rule, hard_from)


def by_cover(
    mentees: Sequence[tuple[A, ...]], mentors: Sequence[tuple[B, ...]], points: Callable[[A, B], int]
) -> ByTable:
    """Each thing a mentee asks for counts alike: the mean of the best a mentor has for each; no ask is neutral."""
    asked, said, near = _near(mentees, mentors, points)
    share = np.zeros((len(asked.answers), near.shape[0]), dtype=np.int64)
    for row, items in enumerate(asked.answers):
        for item in items:
            share[row, item] += 1
    cover = np.zeros((near.shape[0], len(said.answers)), dtype=np.int64)
    for column, items in enumerate(said.answers):
        if items:
            cover[:, column] = near[:, list(items)].max(axis=1)
    asks = share.sum(axis=1, keepdims=True)
    table = np.where(asks > 0, (2 * (share @ cover) + asks) // np.maximum(2 * asks, 1), NEUTRAL)
    return ByTable(table.astype(np.int32), asked.codes, said.codes)


def _near(
    mentees: Sequence[tuple[A, ...]], mentors: Sequence[tuple[B, ...]], points: Callable[[A, B], int]
) -> tuple[Sets, Sets, I32]:
    """The distinct sets of answers on both sides, and the points of any two single answers (A, B)."""
    asked, wanted = _numbered(mentees)
    said, lived = _numbered(mentors)
    cells = [[points(a, b) for b in lived] for a in wanted]
    return asked, said, np.array(cells, dtype=np.int32).reshape(len(wanted), len(lived))


def _numbered(people: Sequence[tuple[A, ...]]) -> tuple[Sets, list[A]]:
    """Everybody's set of answers, with each answer by its place in the list of all answers."""
    sets, codes = distinct(people)
    places: dict[A, int] = {}
    numbered = [tuple(places.setdefault(one, len(places)) for one in said) for said in sets]
    return Sets(numbered, codes), list(places)


def masks(values: Sequence[int]) -> U64:
    """Python integers as 64-bit masks."""
    return np.array(values, dtype=np.uint64)
