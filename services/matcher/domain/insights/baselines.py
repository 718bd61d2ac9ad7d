"""Baselines: first come first served, greedy and stable matching over the same pool, for comparison."""

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
    """The result of a policy; ``fit`` in thousandths of a score, summed over the pairs."""

    policy: str
    matched: int
    fit: int
    mean: float


def first_come(preferences: Preferences) -> Placement:
    """Return the placement where mentees, in the order of sign-up, take the best mentor with a place for them."""
    waiting = [mentee.facts.waiting_since for mentee in preferences.weighted_pool.pool.mentees]
    placed = Placement(preferences.weighted_pool)
    for row in sorted(range(len(waiting)), key=lambda row: (waiting[row], row)):
        mentors = np.flatnonzero(
            preferences.eligible[row] & placed.free_for(preferences.weighted_pool.pool.shape_of[row])
        )
        if len(mentors):
            placed.add(_best_first(preferences, row, mentors)[0], row)
    return placed


def greedy(preferences: Preferences) -> Placement:
    """Return the placement that takes the best remaining pair again and again."""
    rows, mentors = np.nonzero(preferences.eligible)
    order = np.lexsort((preferences.tie[rows, mentors], -preferences.for_mentee[rows, mentors]))
    placed, waiting = Placement(preferences.weighted_pool), np.ones(len(preferences.eligible), dtype=np.bool_)
    for row, mentor in zip(rows[order].tolist(), mentors[order].tolist(), strict=True):
        if waiting[row] and placed.free_for(preferences.weighted_pool.pool.shape_of[row])[mentor]:
            placed.add(mentor, row)
            waiting[row] = False
    return placed


def deferred_acceptance(preferences: Preferences) -> Placement:
    """Return the placement of mentee-proposing deferred acceptance (Gale, Shapley, Amer. Math. Monthly 69, 1962).

    Each mentee proposes to the best mentor who has not refused them; a mentor keeps those they help most, as far as
    places allow. What a mentor can take is a matroid, in which refusing the least preferred rival is always best, so
    that nobody refused can block later (Fleiner, IPCO 2001, for matroids in place of one-to-one).
    """
    placed = Placement(preferences.weighted_pool)
    lists = [
        _best_first(preferences, row, np.flatnonzero(preferences.eligible[row]))
        for row in range(len(preferences.eligible))
    ]
    asking, next_choice = list(range(len(lists)))[::-1], [0] * len(lists)
    while asking:
        row = asking.pop()
        if next_choice[row] == len(lists[row]):
            continue
        mentor = lists[row][next_choice[row]]
        next_choice[row] += 1
        if placed.free_for(preferences.weighted_pool.pool.shape_of[row])[mentor]:
            placed.add(mentor, row)
            continue
        rivals = [row, *placed.in_the_way(mentor, preferences.weighted_pool.pool.shape_of[row])]
        turned_down = min(
            rivals, key=lambda rival: (preferences.for_mentor[rival, mentor], -preferences.tie[rival, mentor])
        )
        if turned_down != row:
            placed.swap(mentor, turned_down, row)
        asking.append(turned_down)
    return placed


def _best_first(preferences: Preferences, row: int, mentors: I64) -> list[int]:
    """Return mentors in the order of a mentee's preference."""
    order = np.lexsort((preferences.tie[row, mentors], -preferences.for_mentee[row, mentors]))
    ranked: list[int] = mentors[order].tolist()
    return ranked


POLICIES: Mapping[str, Callable[[Preferences], Placement]] = {
    "first-come": first_come,
    "greedy": greedy,
    "stable": deferred_acceptance,
}


def compare_baselines(solved: SolvedPool, policies: tuple[str, ...] = tuple(POLICIES)) -> tuple[BaselineResult, ...]:
    """Return the optimum, then each policy over the same pool with the same pins; KeyError for an unknown policy."""
    preferences = preferences_of(solved.problem)
    made = {"optimal": solved.mentor_of}
    made |= {name: preferences.ids(POLICIES[name](preferences)) | _pairs(solved.pinned) for name in policies}
    return tuple(_outcome(solved, name, mentor_of) for name, mentor_of in made.items())


def _pairs(pins: tuple[Pair, ...]) -> dict[str, str]:
    return dict(pins)


def _outcome(solved: SolvedPool, policy: str, mentor_of: Mapping[str, str]) -> BaselineResult:
    evaluation = evaluate(solved.problem, mentor_of)
    return BaselineResult(policy=policy, matched=len(mentor_of), fit=evaluation.fit, mean=round(evaluation.mean, 2))
