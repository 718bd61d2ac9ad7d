"""Other ways to match, for comparison: what first come first served, greedy and stable would have made of the pool."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from services.matcher.domain.candidates import Pair
from services.matcher.domain.formulation.placement import Placement
from services.matcher.domain.insights.evaluation import evaluate
from services.matcher.domain.insights.preferences import Preferences, preferences_of
from services.matcher.domain.round import SolvedPool
from services.matcher.solver.arrays import I64


@dataclass(frozen=True, kw_only=True)
class BaselineResult:
    """What a policy makes of the pool; ``fit`` in thousandths of a score, summed over the pairs."""

    policy: str
    matched: int
    fit: int
    mean: float


def first_come(market: Preferences) -> Placement:
    """Each in the order of sign-up takes the best mentor who has a place for them."""
    waiting = [one.facts.waiting_since for one in market.problem.pool.mentees]
    placed = Placement(market.problem)
    for row in sorted(range(len(waiting)), key=lambda row: (waiting[row], row)):
        mentors = np.flatnonzero(market.eligible[row] & placed.free_for(market.problem.pool.shape_of[row]))
        if len(mentors):
            placed.add(_best_first(market, row, mentors)[0], row)
    return placed


def greedy(market: Preferences) -> Placement:
    """The best pair of all first, then the best of what is left."""
    rows, mentors = np.nonzero(market.eligible)
    order = np.lexsort((market.tie[rows, mentors], -market.for_mentee[rows, mentors]))
    placed, waiting = Placement(market.problem), np.ones(len(market.eligible), dtype=np.bool_)
    for row, mentor in zip(rows[order].tolist(), mentors[order].tolist(), strict=True):
        if waiting[row] and placed.free_for(market.problem.pool.shape_of[row])[mentor]:
            placed.add(mentor, row)
            waiting[row] = False
    return placed


def deferred_acceptance(market: Preferences) -> Placement:
    """Deferred acceptance, mentees asking (Gale and Shapley, American Mathematical Monthly 69, 1962).

    Each asks the best mentor who has not turned them down; a mentor keeps those whom they help best, as far as places
    go. What a mentor can take is a matroid, in which giving up the least liked who is in the way is always best, so
    that nobody turned down could block later (Fleiner, IPCO 2001, for matroids in place of one-to-one).
    """
    placed = Placement(market.problem)
    lists = [_best_first(market, row, np.flatnonzero(market.eligible[row])) for row in range(len(market.eligible))]
    asking, at = list(range(len(lists)))[::-1], [0] * len(lists)
    while asking:
        row = asking.pop()
        if at[row] == len(lists[row]):
            continue
        mentor = lists[row][at[row]]
        at[row] += 1
        if placed.free_for(market.problem.pool.shape_of[row])[mentor]:
            placed.add(mentor, row)
            continue
        rivals = [row, *placed.in_the_way(mentor, market.problem.pool.shape_of[row])]
        turned_down = min(rivals, key=lambda one: (market.for_mentor[one, mentor], -market.tie[one, mentor]))
        if turned_down != row:
            placed.swap(mentor, turned_down, row)
        asking.append(turned_down)
    return placed


def _best_first(market: Preferences, row: int, mentors: I64) -> list[int]:
    """Some mentors in the order in which a mentee likes them."""
    order = np.lexsort((market.tie[row, mentors], -market.for_mentee[row, mentors]))
    ranked: list[int] = mentors[order].tolist()
    return ranked


POLICIES: Mapping[str, Callable[[Preferences], Placement]] = {
    "first-come": first_come,
    "greedy": greedy,
    "stable": deferred_acceptance,
}


def compare_baselines(solved: SolvedPool, policies: tuple[str, ...] = tuple(POLICIES)) -> tuple[BaselineResult, ...]:
    """The optimum first, then each policy over the same pool, pins settled alike; KeyError for an unknown policy."""
    market = preferences_of(solved.problem)
    made = {"optimal": solved.mentor_of}
    made |= {name: market.ids(POLICIES[name](market)) | _pairs(solved.pinned) for name in policies}
    return tuple(_outcome(solved, name, mentor_of) for name, mentor_of in made.items())


def _pairs(pins: tuple[Pair, ...]) -> dict[str, str]:
    return dict(pins)


def _outcome(solved: SolvedPool, policy: str, mentor_of: Mapping[str, str]) -> BaselineResult:
    evaluation = evaluate(solved.problem.weighted_pool, mentor_of)
    return BaselineResult(policy=policy, matched=len(mentor_of), fit=evaluation.fit, mean=round(evaluation.mean, 2))
