"""Tables over codes: one code for each distinct answer, one cell for each pair of answers."""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import numpy as np

from services.matcher.domain.criteria.encoding import NEUTRAL, ByTable
from services.matcher.domain.criteria.shared_bits import Sets, rule_of_sets
from services.matcher.solver.arrays import I32, U64

A = TypeVar("A", bound=Hashable)
B = TypeVar("B", bound=Hashable)


def distinct(answers: Sequence[A]) -> tuple[list[A], I32]:
    """Return the distinct answers in order of first appearance, and the code of each person's answer.

    Answers are compared by identity first, since many people share one object (see ``answers``); only the few
    distinct objects are compared by value.
    """
    objects = np.fromiter(map(id, answers), dtype=np.int64, count=len(answers))
    _, first, object_of = np.unique(objects, return_index=True, return_inverse=True)
    code_of: dict[A, int] = {}
    codes = np.empty(len(first), dtype=np.int32)
    for object_row in np.argsort(first).tolist():
        codes[object_row] = code_of.setdefault(answers[first[object_row]], len(code_of))
    return list(code_of), codes[object_of]


def by_answers(
    mentees: Sequence[A], mentors: Sequence[B], points: Callable[[A, B], int], *, hard_from: int = 1
) -> ByTable:
    """Return the table for one answer per person; ``points`` is called once for each pair of distinct answers."""
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
    """Return the table for several answers per person, where the best pair of answers counts; no answer gives 0 points.

    Its rule: at least one pair of answers has ``hard_from`` points or more. Adding an answer never lowers the points
    and never breaks the rule.
    """
    asked, offered, near = _near(mentees, mentors, points)
    table = np.zeros((len(asked.answers), len(offered.answers)), dtype=np.int32)
    answered = [row for row, answers in enumerate(asked.answers) if answers]
    if answered:
        every = np.array([item for row in answered for item in asked.answers[row]])
        starts = np.cumsum([0] + [len(asked.answers[row]) for row in answered])[:-1]
        for column, items in enumerate(offered.answers):
            if items:
                best = near[:, list(items)].max(axis=1)
                table[answered, column] = np.maximum.reduceat(best[every], starts)
    rule = rule_of_sets(near >= hard_from, asked, offered)
    return ByTable(table, asked.codes, offered.codes, rule, hard_from)


def by_cover(
    mentees: Sequence[tuple[A, ...]], mentors: Sequence[tuple[B, ...]], points: Callable[[A, B], int]
) -> ByTable:
    """Return the table of means, over a mentee's asks, of the mentor's best points for each; no ask is neutral."""
    asked, offered, near = _near(mentees, mentors, points)
    share = np.zeros((len(asked.answers), near.shape[0]), dtype=np.int64)
    for row, items in enumerate(asked.answers):
        for item in items:
            share[row, item] += 1
    cover = np.zeros((near.shape[0], len(offered.answers)), dtype=np.int64)
    for column, items in enumerate(offered.answers):
        if items:
            cover[:, column] = near[:, list(items)].max(axis=1)
    asks = share.sum(axis=1, keepdims=True)
    table = np.where(asks > 0, (2 * (share @ cover) + asks) // np.maximum(2 * asks, 1), NEUTRAL)
    return ByTable(table.astype(np.int32), asked.codes, offered.codes)


def _near(
    mentees: Sequence[tuple[A, ...]], mentors: Sequence[tuple[B, ...]], points: Callable[[A, B], int]
) -> tuple[Sets, Sets, I32]:
    """Return the distinct sets of answers on both sides, and the points of each pair of single answers (A, B)."""
    asked, wanted = _numbered(mentees)
    offered, lived = _numbered(mentors)
    cells = [[points(a, b) for b in lived] for a in wanted]
    return asked, offered, np.array(cells, dtype=np.int32).reshape(len(wanted), len(lived))


def _numbered(people: Sequence[tuple[A, ...]]) -> tuple[Sets, list[A]]:
    """Return each person's set of answers as indices into the list of all answers, and that list."""
    sets, codes = distinct(people)
    places: dict[A, int] = {}
    numbered = [tuple(places.setdefault(answer, len(places)) for answer in answers) for answers in sets]
    return Sets(numbered, codes), list(places)


def masks(values: Sequence[int]) -> U64:
    """Return Python integers as 64-bit masks."""
    return np.array(values, dtype=np.uint64)
