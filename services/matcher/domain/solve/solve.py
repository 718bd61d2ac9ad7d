"""Solve a round: score, assign on a sparse core, prove over all eligible pairs."""

import numpy as np
import numpy.typing as npt

from services.matcher.domain.assignment import Edges, TieBreak, assign, certify
from services.matcher.domain.eligibility import Rules, kinds_of
from services.matcher.domain.scoring import Scores, refuse_too_large, score_block
from services.matcher.domain.solve.limits import Cancelled, Limits, Progress
from services.matcher.domain.solve.solution import Solution, Stats


def solve(
    rules: Rules,
    scores: Scores,
    capacity: npt.ArrayLike,  # (N,) places per mentor, >= 0
    *,
    tie_break: TieBreak | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    alternates: int = 3,
    compiled: bool | None = None,  # None: when it is built; True: required; False: the plain twin
) -> Solution:
    """Return the assignment of most total score with its proof; the same pairs whatever the order of rows.

    Raises `BadArraysError`, `ValueTooLargeError`, `TimeLimitReachedError`, `MemoryLimitReachedError` or `RunCancelledError`.
    """
    known_rules, known_scores = rules.checked(), scores.checked()
    refuse_too_large(known_scores)
    kinds = kinds_of(known_rules)
    places = np.asarray(capacity)
    keys = (tie_break or TieBreak.by_row(known_rules.mentees, known_rules.mentors)).checked(
        known_rules.mentees, known_rules.mentors
    )
    rows, columns, values = [], [], []
    for kind in range(kinds.count):
        mentees = kinds.order[kinds.start[kind] : kinds.start[kind + 1]]
        mentors = kinds.mentors_of(kind)
        rows.append(np.repeat(mentees, len(mentors)))
        columns.append(np.tile(mentors, len(mentees)))
        values.append(score_block(known_scores, mentees, mentors).ravel())
    row, column, value = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
    excluded = known_rules.excluded[:, 0] * known_rules.mentors + known_rules.excluded[:, 1]
    allowed = ~np.isin(row * known_rules.mentors + column, excluded)
    row, column, value = row[allowed], column[allowed], value[allowed]
    order = np.lexsort((column, row))
    row, column, value = row[order], column[order], value[order]
    count = np.bincount(row, minlength=known_rules.mentees)
    edges = Edges(np.append(0, np.cumsum(count)), column, value, keys.of(row, column))
    assignment = assign(edges, places)
    best = np.full((known_rules.mentees, alternates), -1, dtype=np.int64)
    for i in range(known_rules.mentees):
        mine = slice(edges.indptr[i], edges.indptr[i + 1])
        others = column[mine] != assignment.mentor_of[i]
        ranked = column[mine][others][np.lexsort((-edges.tie[mine][others], -value[mine][others]))][:alternates]
        best[i, : len(ranked)] = ranked
    stats = Stats(len(row), len(row), kinds.count, 0, False)
    return Solution(assignment, certify(edges, places, assignment), best, count, stats)
