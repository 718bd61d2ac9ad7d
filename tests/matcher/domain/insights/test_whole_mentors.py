"""Policies and stability compared with the same told over whole mentors, in many pools of mixed requests and hours."""

from collections import Counter
from collections.abc import Mapping
from functools import cache

import pytest

from services.matcher.domain.insights.baselines import POLICIES, compare_baselines
from services.matcher.domain.insights.preferences import preferences_of
from services.matcher.domain.insights.stability import stability
from services.matcher.domain.round import SolvedPool, solve_pool
from tests.matcher.domain.insights.whole_mentors import WholeMentors, a_mixed_pool

SEEDS = range(60)


@cache
def told_of(seed: int) -> WholeMentors:
    return WholeMentors(a_mixed_pool(seed))


@cache
def settled_of(seed: int) -> SolvedPool:
    return solve_pool(told_of(seed).snapshot)


@cache
def made_of(seed: int) -> dict[str, Mapping[str, str]]:
    """The pairs of each policy, by its name."""
    market = preferences_of(settled_of(seed).problem)
    return {name: market.ids(policy(market)) for name, policy in POLICIES.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_no_policy_leaves_somebody_out_whom_a_mentor_could_take_and_none_takes_more_than_there_is(seed: int) -> None:
    told = told_of(seed)
    for name, made in made_of(seed).items():
        assert told.keeps_within_places(made), name
        assert told.could_still_be_placed(made) == [], name
    best, *others = compare_baselines(settled_of(seed))
    assert all(one.matched <= best.matched for one in others)


@pytest.mark.parametrize("seed", SEEDS)
def test_first_come_and_greedy_choose_mentor_by_mentor(seed: int) -> None:
    told, made = told_of(seed), made_of(seed)
    assert made["first-come"] == told.first_come()
    assert made["greedy"] == told.greedy()


@pytest.mark.parametrize("seed", SEEDS)
def test_blocking_pairs_are_those_of_whole_mentors(seed: int) -> None:
    solved = settled_of(seed)
    assert list(stability(solved).blocking) == told_of(seed).blocking(solved.mentor_of)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_stable_answer_has_no_blocking_pair(seed: int) -> None:
    assert told_of(seed).blocking(made_of(seed)["stable"]) == []


def test_in_these_pools_kinds_of_seats_mix_and_much_would_block() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        solved = settled_of(seed)
        rows = solved.problem.seats.mentor_rows.tolist()
        seen["mixed"] += len(rows) > len(set(rows))
        seen["blocked"] += bool(stability(solved).blocking)
        seen["waiting"] += len(solved.mentor_of) < len(solved.snapshot.mentees)
    assert all(seen[one] >= len(SEEDS) // 3 for one in ("mixed", "blocked", "waiting")), seen
