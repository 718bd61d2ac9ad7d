"""Ask the kernel, once; then read seats back as mentors."""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.formulation.round_problem import RoundProblem
from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Assignment, Certificate
from services.matcher.solver.column_generation import Limits, Watch, solve

NOTHING = Certificate(0, 0, 0)
ALTERNATES = 3


@dataclass(frozen=True)
class RoundAssignment:
    """Mentor rows: ``mentor_of[i]`` is -1 for none; ``others[i]`` are the next best for mentee i, best first.

    ``assignment`` is the kernel's own answer, over seats; None where there was nothing to ask it.
    """

    mentor_of: tuple[int, ...]
    others: tuple[tuple[int, ...], ...]
    certificate: Certificate
    value: int
    assignment: Assignment | None = None


def assign(
    problem: RoundProblem,
    *,
    alternates: int = ALTERNATES,
    start: Assignment | None = None,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> RoundAssignment:
    """The best assignment of a problem, proved. It is one solve, whatever the conditions.

    ``start`` may be an earlier answer over the same seats: its prices lead the way, and change nothing but the time.
    """
    mentees = len(problem.pool.mentees)
    rows = problem.seats.mentor_rows
    if not mentees or not len(rows):
        return RoundAssignment((-1,) * mentees, ((),) * mentees, NOTHING, 0)
    solution = solve(
        problem.rules,
        problem.scores,
        problem.seats.places,
        tie_break=problem.tie_break,
        limits=limits,
        watch=watch,
        alternates=3 * alternates,
        start=start,
    )
    chosen = _mentors(rows, solution.assignment.mentor_of)
    others = _others(problem, chosen, solution.alternates, alternates) if alternates else ((),) * mentees
    return RoundAssignment(
        tuple(chosen.tolist()), others, solution.certificate, solution.assignment.value, solution.assignment
    )


def _mentors(rows: I64, seats: I64) -> I64:
    """The mentors of seats; -1 stays -1."""
    return np.where(seats >= 0, rows[seats], -1)


def _others(problem: RoundProblem, chosen: I64, best: I64, most: int) -> tuple[tuple[int, ...], ...]:
    """The next best mentors: seats of one mentor count once, and the chosen mentor not at all."""
    mentors = _mentors(problem.seats.mentor_rows, best)
    good = (mentors >= 0) & (mentors != chosen[:, np.newaxis])
    for column in range(1, mentors.shape[1]):
        good[:, column] &= (mentors[:, :column] != mentors[:, column, np.newaxis]).all(axis=1)
    found = [row[fine].tolist()[:most] for row, fine in zip(mentors, good, strict=True)]
    return tuple(map(tuple, found))
