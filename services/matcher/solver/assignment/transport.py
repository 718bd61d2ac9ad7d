"""Solve the transportation problem: the assignment of highest value, with dual prices that prove it."""

import numpy as np
import numpy.typing as npt

from ..arrays import I64
from ..native import core
from .bipartite_graph import BipartiteGraph, build_graph, checked_capacity, checked_edges
from .certificate import exact_sum
from .epsilon_schedule import SCALE, rough_epsilon
from .native_auction import NativeAuction
from .native_optimise import optimise_native
from .optimum import Optimum, Pause, Rebid, no_pause
from .python_auction import PythonAuction
from .python_optimise import optimise_python
from .sparse_values import Assignment, Edges


def assign(
    edges: Edges, capacity: npt.ArrayLike, *, compiled: bool | None = None, pause: Pause = no_pause
) -> Assignment:
    """Return the assignment of highest value: one mentor per mentee, ``capacity[j]`` mentees per mentor j at most.

    The pairs are the unique optimum of (value, tie) (see ``tie_break``), so all methods return the same. ``compiled``:
    None uses the compiled core if it is built, False the Python twin. ``pause`` is called between slices of work and
    may raise. Raises ``BadArraysError`` or ``ValueTooLargeError``.
    """
    places = checked_capacity(capacity)
    known = checked_edges(edges, len(places))
    outcome = optimise(build_graph(known, places), compiled=compiled, pause=pause)
    return assignment_from(known, places, outcome)


def optimise(
    problem: BipartiteGraph,
    *,
    start: Optimum | None = None,
    rebid: Rebid | None = None,
    bonus_offset: I64 | None = None,  # (M,)
    compiled: bool | None = None,
    pause: Pause = no_pause,
) -> Optimum:
    """Return the optimum of a checked problem, from the prices and pairs of ``start`` if given.

    A start that needs few changes is repaired directly; with ``rebid`` both sides bid again from its prices first.
    Without a start they bid from zero prices. The auction subtracts ``bonus_offset``, if given, from all values of a
    mentee: its result is less exact, but the numbers are smaller.
    """
    library = core(compiled)
    if library is None:
        return optimise_python(problem, start, rebid, bonus_offset, pause)
    return optimise_native(library, problem, start, rebid, bonus_offset, pause)


def rough_prices(
    problem: BipartiteGraph, reserve: I64, *, compiled: bool | None = None, pause: Pause = no_pause
) -> I64:
    """Return estimated prices of places (N,), from two coarse rounds of bids of the mentees.

    ``reserve`` (M,) is the gain of each mentee from the best mentor outside this problem if places there were free;
    they bid only for more. In the second round the median price is subtracted from it, since those places cost
    something too.
    """
    library = core(compiled)
    if not len(problem.mentor):
        return np.zeros(problem.mentors, np.int64)
    epsilon = rough_epsilon(problem)
    bids = PythonAuction(problem) if library is None else NativeAuction(library, problem)
    bids.forward(epsilon, SCALE * np.maximum(reserve, 0), pause)
    typical = int(np.median(bids.prices()[problem.capacity > 0]))
    bids.forward(epsilon, np.maximum(SCALE * reserve - typical, 0), pause)
    return bids.prices() // SCALE


def assignment_from(edges: Edges, capacity: I64, outcome: Optimum) -> Assignment:
    """Return the assignment of an optimum; mentors without places get the price that a first place would have."""
    u, p, v, q = outcome.mentee_price, outcome.mentee_tie_price, outcome.mentor_price, outcome.mentor_tie_price
    closed = capacity == 0
    if closed.any():
        mentee = np.repeat(np.arange(edges.mentees), np.diff(edges.indptr))
        tie = edges.tie if edges.tie is not None else np.zeros_like(edges.value)
        for e in np.flatnonzero(closed[edges.mentor] & (edges.value > 0)).tolist():
            i, j = mentee[e], edges.mentor[e]
            worth = (int(edges.value[e] - u[i]), int(tie[e] - p[i]))
            if worth > (int(v[j]), int(q[j])):
                v[j], q[j] = worth
    return Assignment(outcome.mentor_of, u, v, p, q, worth_of(edges, outcome.mentor_of))


def worth_of(edges: Edges, mentor_of: I64) -> int:
    """Return the total value of the matched edges."""
    matched = np.repeat(mentor_of, np.diff(edges.indptr)) == edges.mentor
    return exact_sum(edges.value[matched])
