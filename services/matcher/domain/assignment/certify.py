"""Check an answer against its prices, trusting neither (weak duality of the transportation problem)."""

import numpy as np
import numpy.typing as npt

from services.matcher.domain.arrays import I64, AnyArray, as_i64
from services.matcher.domain.assignment.edges import Assignment, Certificate, Edges
from services.matcher.domain.assignment.problem import checked_capacity, checked_edges


def certify(edges: Edges, capacity: npt.ArrayLike, assignment: Assignment, *, trusted: bool = False) -> Certificate:
    """Return what the pairs are worth, the bound the prices prove, and how many conditions are broken.

    Counted as violations: an edge priced below its value (both words), a negative price, a place overdrawn, a pair
    without an edge. With none, no assignment whatever is worth more than `dual`; work is O(edges). Raises
    `BadArraysError` for arrays that do not fit each other; `trusted` skips that check of the edges.
    """
    places = checked_capacity(capacity)
    known = edges if trusted else checked_edges(edges, len(places))
    rows, columns = known.mentees, len(places)
    mentor_of = as_i64("mentor_of", assignment.mentor_of, (rows,))
    u = as_i64("mentee_price", assignment.mentee_price, (rows,))
    v = as_i64("mentor_price", assignment.mentor_price, (columns,))
    p = as_i64("mentee_tie_price", assignment.mentee_tie_price, (rows,))
    q = as_i64("mentor_tie_price", assignment.mentor_tie_price, (columns,))
    mentee = np.repeat(np.arange(rows), np.diff(known.indptr))
    used = mentor_of[mentee] == known.mentor
    violations = (
        _underpriced(known, mentee, (u, p), (v, q))
        + _negative(u, p)
        + _negative(v, q)
        + _without_edge(mentor_of, int(used.sum()))
        + _overdrawn(mentor_of, places)
    )
    primal = exact_sum(known.value[used])
    dual = exact_sum(u) + sum(a * b for a, b in zip(v.tolist(), places.tolist(), strict=True))
    return Certificate(primal, dual, violations)


def exact_sum(numbers: AnyArray) -> int:
    """Sum int64 without overflow."""
    return (int((numbers >> 32).sum()) << 32) + int((numbers & 0xFFFFFFFF).sum())


def _underpriced(edges: Edges, mentee: I64, mentee_price: tuple[I64, I64], mentor_price: tuple[I64, I64]) -> int:
    slack = mentee_price[0][mentee] + mentor_price[0][edges.mentor] - edges.value
    tie = edges.tie if edges.tie is not None else np.zeros_like(slack)
    tie_slack = mentee_price[1][mentee] + mentor_price[1][edges.mentor] - tie
    # An edge worth nothing is never used, so it need not be priced.
    return int((((slack < 0) | ((slack == 0) & (tie_slack < 0))) & (edges.value > 0)).sum())


def _negative(first: I64, second: I64) -> int:
    return int(((first < 0) | ((first == 0) & (second < 0))).sum())


def _without_edge(mentor_of: I64, with_edge: int) -> int:
    return int((mentor_of != -1).sum()) - with_edge


def _overdrawn(mentor_of: I64, capacity: I64) -> int:
    real = mentor_of[(mentor_of >= 0) & (mentor_of < len(capacity))]
    return int(np.maximum(np.bincount(real, minlength=len(capacity)) - capacity, 0).sum())
