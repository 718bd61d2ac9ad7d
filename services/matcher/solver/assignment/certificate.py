"""Verify an assignment and its prices, without trusting either (weak duality of the transportation problem)."""

import numpy as np
import numpy.typing as npt

from ..arrays import I64, AnyArray, as_i64
from ..native import core, number, pointers
from .bipartite_graph import checked_capacity, checked_edges
from .dual_prices import checked_prices, negative, overdrawn
from .sparse_values import Assignment, Certificate, Edges


def certify(
    edges: Edges,
    capacity: npt.ArrayLike,
    assignment: Assignment,
    *,
    trusted: bool = False,
    compiled: bool | None = None,
) -> Certificate:
    """Return the primal value of the pairs, the dual bound of the prices, and the number of broken conditions.

    Violations are edges with negative reduced cost (both words), negative prices, people beyond a mentor's capacity,
    and pairs without an edge. Without violations no assignment is worth more than ``dual``. O(edges). Raises
    ``BadArraysError`` for inconsistent arrays; ``trusted`` skips that check of the edges.
    """
    places = checked_capacity(capacity)
    known = edges if trusted else checked_edges(edges, len(places))
    rows, columns = known.mentees, len(places)
    mentor_of = as_i64("mentor_of", assignment.mentor_of, (rows,))
    u = checked_prices("mentee_price", assignment.mentee_price, rows)
    v = checked_prices("mentor_price", assignment.mentor_price, columns)
    p = checked_prices("mentee_tie_price", assignment.mentee_tie_price, rows)
    q = checked_prices("mentor_tie_price", assignment.mentor_tie_price, columns)
    underpriced, used, primal = _compare(known, (u, p), (v, q), mentor_of, compiled)
    without_edge = int((mentor_of != -1).sum()) - used
    below_zero = int(negative(u, p).sum()) + int(negative(v, q).sum())
    violations = underpriced + below_zero + without_edge + int(overdrawn(mentor_of, places).sum())
    priced = v != 0
    dual = exact_sum(u) + sum(a * b for a, b in zip(v[priced].tolist(), places[priced].tolist(), strict=True))
    return Certificate(primal, dual, violations)


def exact_sum(numbers: AnyArray) -> int:
    """Sum int64 without overflow."""
    return (int((numbers >> 32).sum()) << 32) + int((numbers & 0xFFFFFFFF).sum())


def _compare(
    edges: Edges, mentee_price: tuple[I64, I64], mentor_price: tuple[I64, I64], mentor_of: I64, compiled: bool | None
) -> tuple[int, int, int]:
    """Return the number of edges with negative reduced cost, the number of matched edges, and their total value."""
    (u, p), (v, q) = mentee_price, mentor_price
    tie = edges.tie if edges.tie is not None else np.zeros_like(edges.value)
    library = core(compiled)
    if library is not None:
        used, mentor = np.zeros(2, np.int64), edges.mentor.astype(np.int32, copy=False)
        columns = pointers(edges.indptr, mentor, edges.value, tie, u, p, v, q, mentor_of, used)
        return int(library.cairn_check(number(edges.mentees), *columns)), int(used[0]), int(used[1])
    mentee = np.repeat(np.arange(edges.mentees), np.diff(edges.indptr))
    slack = u[mentee] + v[edges.mentor] - edges.value
    tie_slack = p[mentee] + q[edges.mentor] - tie
    # An edge without value is never used, so its reduced cost does not matter.
    low = ((slack < 0) | ((slack == 0) & (tie_slack < 0))) & (edges.value > 0)
    matched = mentor_of[mentee] == edges.mentor
    return int(low.sum()), int(matched.sum()), exact_sum(edges.value[matched])
