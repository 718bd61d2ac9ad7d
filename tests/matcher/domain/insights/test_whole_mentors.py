"""Policies and stability compared with a reference over whole mentors, in pools of mixed requests and hours."""

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
def reference_of(seed: int) -> WholeMentors:
    return WholeMentors(a_mixed_pool(seed))


@cache
def solved_of(seed: int) -> SolvedPool:
    return solve_pool(reference_of(seed).snapshot)


@cache
def made_of(seed: int) -> dict[str, Mapping[str, str]]:
    """Return the pairs of each policy, by its name."""
    preferences = preferences_of(solved_of(seed).problem)
    return {name: preferences.ids(policy(preferences)) for name, policy in POLICIES.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_policy_keeps_within_places_and_leaves_no_usable_place(seed: int) -> None:
    reference = reference_of(seed)
    for name, made in made_of(seed).items():
        assert reference.keeps_within_places(made), name
        assert reference.could_still_be_placed(made) == [], name
    best, *others = compare_baselines(solved_of(seed))
    assert all(outcome.matched <= best.matched for outcome in others)


@pytest.mark.parametrize("seed", SEEDS)
def test_first_come_and_greedy_equal_the_reference(seed: int) -> None:
    reference, made = reference_of(seed), made_of(seed)
    assert made["first-come"] == reference.first_come()
    assert made["greedy"] == reference.greedy()


@pytest.mark.parametrize("seed", SEEDS)
def test_blocking_pairs_equal_the_reference(seed: int) -> None:
    solved = solved_of(seed)
    assert list(stability(solved).blocking) == reference_of(seed).blocking(solved.mentor_of)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_stable_answer_has_no_blocking_pair(seed: int) -> None:
    assert reference_of(seed).blocking(made_of(seed)["stable"]) == []


def test_these_pools_have_mixed_capacity_classes_blocking_pairs_and_waits() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        solved = solved_of(seed)
        rows = solved.problem.seats.mentor_rows.tolist()
        seen["mixed"] += len(rows) > len(set(rows))
        seen["blocked"] += bool(stability(solved).blocking)
        seen["waiting"] += len(solved.mentor_of) < len(solved.snapshot.mentees)
    assert all(seen[one] >= len(SEEDS) // 3 for one in ("mixed", "blocked", "waiting")), seen
