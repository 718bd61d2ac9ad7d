"""The one call: the assignment of most value, with the prices that prove it."""

import numpy as np
import numpy.typing as npt

from services.matcher.domain.arrays import I64
from services.matcher.domain.assignment.certify import exact_sum
from services.matcher.domain.assignment.edges import Assignment, Edges
from services.matcher.domain.assignment.plain_repair import PlainRepair, unfold
from services.matcher.domain.assignment.problem import Problem, checked_capacity, checked_edges, problem_of


def assign(edges: Edges, capacity: npt.ArrayLike) -> Assignment:
    """Maximise the total value: each mentee with at most one mentor, mentor j with at most `capacity[j]` mentees.

    The pairs are the unique optimum of (value, tie) (see `tie_break`), so every method gives the same. Raises
    `BadArraysError` or `ValueTooLargeError`.
    """
    places = checked_capacity(capacity)
    known = checked_edges(edges, len(places))
    problem = problem_of(known, places)
    repair = PlainRepair(problem, [0] * problem.mentors, [-1] * problem.mentees)
    repair.run()
    u, p = unfold(repair.mentee_price)
    v, q = unfold(repair.mentor_price)
    return priced(known, problem, np.array(repair.mentor_of, dtype=np.int64), (u, p), (v, q))


def priced(
    edges: Edges, problem: Problem, mentor_of: I64, mentee_price: tuple[I64, I64], mentor_price: tuple[I64, I64]
) -> Assignment:
    """Put the answer together; a mentor without places gets the price a first place would have."""
    mentee = np.repeat(np.arange(edges.mentees), np.diff(edges.indptr))
    (u, p), (v, q) = mentee_price, mentor_price
    without = np.flatnonzero((problem.capacity[edges.mentor] == 0) & (edges.value > 0))
    tie = edges.tie if edges.tie is not None else np.zeros_like(edges.value)
    for e in without.tolist():
        i, j = mentee[e], edges.mentor[e]
        worth = (int(edges.value[e] - u[i]), int(tie[e] - p[i]))
        if worth > (int(v[j]), int(q[j])):
            v[j], q[j] = worth
    value = exact_sum(edges.value[mentor_of[mentee] == edges.mentor])
    return Assignment(mentor_of, u, v, p, q, value)
