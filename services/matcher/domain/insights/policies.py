"""Other ways to match, for comparison: what first come first served, greedy and stable would have made of the pool."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from services.matcher.domain.insights.judge import judge
from services.matcher.domain.insights.market import Market, market_of
from services.matcher.domain.people import Pair
from services.matcher.domain.round import Settled

Plan = dict[int, list[int]]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a policy makes of the pool; ``fit`` in thousandths of a score, summed over the pairs."""

    policy: str
    matched: int
    fit: int
    mean: float


def first_come(market: Market) -> Plan:
    """Each in the order of sign-up takes the best mentor still free."""
    waiting = [one.facts.waiting_since for one in market.problem.pool.mentees]
    return _in_turn(market, sorted(range(len(waiting)), key=lambda row: (waiting[row], row)))


def _in_turn(market: Market, order: list[int]) -> Plan:
    plan: Plan = {seat: [] for seat in range(len(market.places))}
    free = market.places.copy()
    for row in order:
        open_seats = np.flatnonzero(market.eligible[row] & (free > 0))
        if len(open_seats):
            seat = int(open_seats[np.lexsort((market.tie[row, open_seats], -market.for_mentee[row, open_seats]))[0]])
            plan[seat].append(row)
            free[seat] -= 1
    return plan


def greedy(market: Market) -> Plan:
    """The best pair of all first, then the best of what is left."""
    plan: Plan = {seat: [] for seat in range(len(market.places))}
    rows, seats = np.nonzero(market.eligible)
    order = np.lexsort((market.tie[rows, seats], -market.for_mentee[rows, seats]))
    free, placed = market.places.copy(), np.zeros(len(market.eligible), dtype=np.bool_)
    for row, seat in zip(rows[order].tolist(), seats[order].tolist(), strict=True):
        if free[seat] and not placed[row]:
            plan[seat].append(row)
            free[seat] -= 1
            placed[row] = True
    return plan


def stable(market: Market) -> Plan:
    """Deferred acceptance, mentees asking (Gale and Shapley, American Mathematical Monthly 69, 1962).

    Each asks the best mentor who has not turned them down; a mentor keeps those whom they help best.
    """
    plan: Plan = {seat: [] for seat in range(len(market.places))}
    lists = [_wish_list(market, row) for row in range(len(market.eligible))]
    asking, at = list(range(len(lists)))[::-1], [0] * len(lists)
    while asking:
        row = asking.pop()
        if at[row] == len(lists[row]):
            continue
        seat = lists[row][at[row]]
        at[row] += 1
        plan[seat].append(row)
        if len(plan[seat]) > market.places[seat]:
            turned_down = min(plan[seat], key=lambda one: (market.for_mentor[one, seat], -market.tie[one, seat]))
            plan[seat].remove(turned_down)
            asking.append(turned_down)
    return plan


def _wish_list(market: Market, row: int) -> list[int]:
    seats = np.flatnonzero(market.eligible[row])
    order = np.lexsort((market.tie[row, seats], -market.for_mentee[row, seats]))
    found: list[int] = seats[order].tolist()
    return found


POLICIES: Mapping[str, Callable[[Market], Plan]] = {"first-come": first_come, "greedy": greedy, "stable": stable}


def compare(settled: Settled, policies: tuple[str, ...] = tuple(POLICIES)) -> tuple[Outcome, ...]:
    """The optimum first, then each policy over the same pool, pins settled alike; KeyError for an unknown policy."""
    market = market_of(settled.problem)
    made = {"optimal": settled.mentor_of}
    made |= {name: market.ids(POLICIES[name](market)) | _pairs(settled.pinned) for name in policies}
    return tuple(_outcome(settled, name, mentor_of) for name, mentor_of in made.items())


def _pairs(pins: tuple[Pair, ...]) -> dict[str, str]:
    return dict(pins)


def _outcome(settled: Settled, policy: str, mentor_of: Mapping[str, str]) -> Outcome:
    verdict = judge(settled.problem.reading, mentor_of)
    return Outcome(policy=policy, matched=len(mentor_of), fit=verdict.fit, mean=round(verdict.mean, 2))
