"""The one call: the assignment of most value, with the prices that prove it."""

import numpy as np
import numpy.typing as npt

from services.matcher.domain.arrays import I64
from services.matcher.domain.assignment.certify import exact_sum
from services.matcher.domain.assignment.compiled_optimise import optimise_compiled
from services.matcher.domain.assignment.edges import Assignment, Edges
from services.matcher.domain.assignment.outcome import Outcome, Pause, no_pause
from services.matcher.domain.assignment.plain_optimise import optimise_plain
from services.matcher.domain.assignment.problem import Problem, checked_capacity, checked_edges, problem_of
from services.matcher.domain.compiled import core


def assign(
    edges: Edges, capacity: npt.ArrayLike, *, compiled: bool | None = None, pause: Pause = no_pause
) -> Assignment:
    """Maximise the total value: each mentee with at most one mentor, mentor j with at most `capacity[j]` mentees.

    The pairs are the unique optimum of (value, tie) (see `tie_break`), so every method gives the same. `compiled`:
    None uses the compiled core when it is built, False the plain twin. `pause` is called between slices of work and may
    raise. Raises `BadArraysError` or `ValueTooLargeError`.
    """
    places = checked_capacity(capacity)
    known = checked_edges(edges, len(places))
    outcome = optimise(problem_of(known, places), compiled=compiled, pause=pause)
    return priced(known, places, outcome)


def optimise(
    problem: Problem,
    *,
    start: Outcome | None = None,
    aside: I64 | None = None,  # (M,)
    compiled: bool | None = None,
    pause: Pause = no_pause,
) -> Outcome:
    """Return the optimum of a checked problem, from the prices and pairs of `start` when given.

    Otherwise from an auction, which leaves `aside` out of all values of a mentee where that is given: less exact a
    start, but in smaller numbers.
    """
    library = core(compiled)
    if library is None:
        return optimise_plain(problem, start, aside, pause)
    return optimise_compiled(library, problem, start, aside, pause)


def priced(edges: Edges, capacity: I64, outcome: Outcome) -> Assignment:
    """Put the answer together; a mentor without places gets the price a first place would have."""
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
