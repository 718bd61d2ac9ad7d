"""Warm starts: prices of the last round for the next; they never change its answer, only how soon it is found.

Rows change from round to round, ids do not: so prices are stored by id, and mapped to the rows of the next problem.
New people start at price zero; prices of people who left are dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Assignment


@dataclass(frozen=True, kw_only=True)
class WarmStart:
    """The (price, tie price) of a place by capacity class, ``<mentor id>/<mask>``, and each mentee's capacity class.

    ``unit`` is the value of a point of priority, which grows with the places of a round; 0 where it is unknown.
    """

    unit: int = 0
    seats: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    pairs: Mapping[str, str] = field(default_factory=dict)


COLD_START = WarmStart()


def warm_start_from(weighted_pool: WeightedPool, assignment: Assignment | None) -> WarmStart:
    """Return the prices and pairs of a solver's answer by id."""
    if assignment is None:
        return COLD_START
    names = _column_names(weighted_pool)
    priced = zip(names, assignment.mentor_price.tolist(), assignment.mentor_tie_price.tolist(), strict=True)
    people = zip(weighted_pool.pool.mentees, assignment.mentor_of.tolist(), strict=True)
    return WarmStart(
        unit=_unit(weighted_pool),
        seats={name: (price, tie) for name, price, tie in priced if price or tie},
        pairs={mentee.id: names[column] for mentee, column in people if column >= 0},
    )


def start_of(weighted_pool: WeightedPool, prices: WarmStart) -> Assignment | None:
    """Return the prices and pairs over the rows of another problem; None where there are none."""
    if not prices.seats and not prices.pairs:
        return None
    names = _column_names(weighted_pool)
    known_prices = [prices.seats.get(name, (0, 0)) for name in names]
    unit = _unit(weighted_pool)
    zeros = np.zeros(len(weighted_pool.pool.mentees), dtype=np.int64)
    return Assignment(
        mentor_of=_within_places(weighted_pool, names, prices.pairs),
        mentee_price=zeros,
        mentor_price=np.array([_scaled(price, prices.unit, unit) for price, _ in known_prices], dtype=np.int64),
        mentee_tie_price=zeros,
        mentor_tie_price=np.array([tie for _, tie in known_prices], dtype=np.int64),
        value=0,
    )


def _column_names(weighted_pool: WeightedPool) -> list[str]:
    seats, mentors = weighted_pool.seats, weighted_pool.pool.mentors
    return [f"{mentors[row].id}/{mask}" for row, mask in zip(seats.mentor_rows, seats.masks, strict=True)]


def _unit(weighted_pool: WeightedPool) -> int:
    """Return the value of a point of priority: the greatest common divisor of all bonuses."""
    return int(np.gcd.reduce(weighted_pool.scores.mentee_bonus, initial=0))


def _scaled(price: int, unit: int, now: int) -> int:
    """Return a price, which is points of priority plus fit, in the current value of a point."""
    if not unit or not now:
        return price
    points, fit = divmod(price + unit // 2, unit)
    return max(0, points * now + fit - unit // 2)


def _within_places(weighted_pool: WeightedPool, names: list[str], pairs: Mapping[str, str]) -> I64:
    """Return the earlier pairs as far as there are places; in row order, the later mentees get none."""
    free_columns: dict[str, list[int]] = {}
    for column, (name, places) in enumerate(zip(names, weighted_pool.seats.places.tolist(), strict=True)):
        free_columns.setdefault(name, []).extend([column] * places)  # a mentor may have two columns with the same mask
    columns_of = [free_columns.get(pairs.get(mentee.id, "")) for mentee in weighted_pool.pool.mentees]
    return np.array([columns.pop(0) if columns else -1 for columns in columns_of], dtype=np.int64)
