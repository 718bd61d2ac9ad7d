"""Solve a weighted pool once, and map capacity classes back to mentors."""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Assignment, Certificate
from services.matcher.solver.column_generation import Limits, Watch, solve

NOTHING = Certificate(0, 0, 0)
ALTERNATES = 3


@dataclass(frozen=True)
class RoundAssignment:
    """Mentor rows: ``mentor_of[i]`` is -1 for none; ``others[i]`` are the next best for mentee i, best first.

    ``assignment`` is the solver's answer over capacity classes; None where a side is empty and nothing was solved.
    """

    mentor_of: tuple[int, ...]
    others: tuple[tuple[int, ...], ...]
    certificate: Certificate
    value: int
    assignment: Assignment | None = None


def assign(
    weighted_pool: WeightedPool,
    *,
    places: I64 | None = None,
    alternates: int = ALTERNATES,
    start: Assignment | None = None,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> RoundAssignment:
    """Return the optimal assignment of a weighted pool with its certificate, from a single solve whatever the rules.

    ``places`` (K,) replace those of the capacity classes. ``start`` may be an earlier answer over the same capacity
    classes, for a warm start: it changes only the time.
    """
    mentees = len(weighted_pool.pool.mentees)
    rows = weighted_pool.seats.mentor_rows
    if not mentees or not len(rows):
        return RoundAssignment((-1,) * mentees, ((),) * mentees, NOTHING, 0)
    solution = solve(
        weighted_pool.solver_rules,
        weighted_pool.scores,
        weighted_pool.seats.places if places is None else places,
        tie_break=weighted_pool.tie_break,
        limits=limits,
        watch=watch,
        alternates=3 * alternates,
        start=start,
    )
    chosen = _mentors(rows, solution.assignment.mentor_of)
    others = _others(weighted_pool, chosen, solution.alternates, alternates) if alternates else ((),) * mentees
    return RoundAssignment(
        tuple(chosen.tolist()), others, solution.certificate, solution.assignment.value, solution.assignment
    )


def _mentors(rows: I64, columns: I64) -> I64:
    """Return the mentors of capacity classes; -1 stays -1."""
    return np.where(columns >= 0, rows[columns], -1)


def _others(weighted_pool: WeightedPool, chosen: I64, best: I64, at_most: int) -> tuple[tuple[int, ...], ...]:
    """Return the next best mentors, each once even with several capacity classes, without the chosen mentor."""
    mentors = _mentors(weighted_pool.seats.mentor_rows, best)
    usable = (mentors >= 0) & (mentors != chosen[:, np.newaxis])
    for column in range(1, mentors.shape[1]):
        usable[:, column] &= (mentors[:, :column] != mentors[:, column, np.newaxis]).all(axis=1)
    lists = [row[kept_columns].tolist()[:at_most] for row, kept_columns in zip(mentors, usable, strict=True)]
    return tuple(map(tuple, lists))
