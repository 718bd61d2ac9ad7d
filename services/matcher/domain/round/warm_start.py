"""Prices of the last round lead the way of the next: they never change its answer, only how soon it is found.

Rows change from round to round, people keep their ids: so prices are kept by id, and laid over the rows of the next
problem. Newcomers start at price zero, who left is not looked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from services.matcher.domain.formulation.round_problem import RoundProblem
from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Assignment


@dataclass(frozen=True, kw_only=True)
class WarmStart:
    """What a place cost by mentor and kind of seat (price, tie price), and which kind of seat each mentee had.

    ``unit`` is what a point of priority was worth, which grows with the places of a round; 0 where it is not told.
    """

    unit: int = 0
    seats: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    pairs: Mapping[str, str] = field(default_factory=dict)


COLD_START = WarmStart()


def warm_start_from(problem: RoundProblem, assignment: Assignment | None) -> WarmStart:
    """What is worth keeping of an answer of the kernel."""
    if assignment is None:
        return COLD_START
    names = _seat_names(problem)
    priced = zip(names, assignment.mentor_price.tolist(), assignment.mentor_tie_price.tolist(), strict=True)
    people = zip(problem.pool.mentees, assignment.mentor_of.tolist(), strict=True)
    return WarmStart(
        unit=_unit(problem),
        seats={name: (price, tie) for name, price, tie in priced if price or tie},
        pairs={mentee.id: names[seat] for mentee, seat in people if seat >= 0},
    )


def start_of(problem: RoundProblem, prices: WarmStart) -> Assignment | None:
    """The same prices and pairs over the rows of another problem; None where nothing is known."""
    if not prices.seats and not prices.pairs:
        return None
    names = _seat_names(problem)
    known = [prices.seats.get(name, (0, 0)) for name in names]
    unit = _unit(problem)
    nothing = np.zeros(len(problem.pool.mentees), dtype=np.int64)
    return Assignment(
        mentor_of=_within_places(problem, names, prices.pairs),
        mentee_price=nothing,
        mentor_price=np.array([_scaled(price, prices.unit, unit) for price, _ in known], dtype=np.int64),
        mentee_tie_price=nothing,
        mentor_tie_price=np.array([tie for _, tie in known], dtype=np.int64),
        value=0,
    )


def _seat_names(problem: RoundProblem) -> list[str]:
    seats, mentors = problem.seats, problem.pool.mentors
    return [f"{mentors[row].id}/{mask}" for row, mask in zip(seats.mentor_rows, seats.masks, strict=True)]


def _unit(problem: RoundProblem) -> int:
    """What a point of priority is worth: the largest number that all bonuses are made of."""
    return int(np.gcd.reduce(problem.scores.mentee_bonus, initial=0))


def _scaled(price: int, unit: int, now: int) -> int:
    """A price is some points of priority and some fit; a point is worth something else by now."""
    if not unit or not now:
        return price
    points, fit = divmod(price + unit // 2, unit)
    return max(0, points * now + fit - unit // 2)


def _within_places(problem: RoundProblem, names: list[str], pairs: Mapping[str, str]) -> I64:
    """Pairs of before as far as there are places: who comes later has none yet."""
    left: dict[str, list[int]] = {}
    for column, (name, places) in enumerate(zip(names, problem.seats.places.tolist(), strict=True)):
        left.setdefault(name, []).extend([column] * places)  # a mentor may have two seats of one kind
    seats = [left.get(pairs.get(one.id, "")) for one in problem.pool.mentees]
    return np.array([columns.pop(0) if columns else -1 for columns in seats], dtype=np.int64)
