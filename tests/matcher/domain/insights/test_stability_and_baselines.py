from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.matcher.domain.candidates import Pair
from services.matcher.domain.insights.baselines import compare_baselines, deferred_acceptance
from services.matcher.domain.insights.preferences import preferences_of
from services.matcher.domain.insights.stability import blocking_pairs, stability
from services.matcher.domain.round import Snapshot, solve_pool
from services.matcher.domain.weights import default_weights
from tests.support.people import a_mentee, a_mentor, a_snapshot, spoken, weights


def a_programme(seed: int, regime: str) -> Snapshot:
    mentees, mentors = pool_of(programme(seed, 15, 40, regime=regime))
    at = datetime(2025, 6, 2, 12, tzinfo=UTC)
    return Snapshot(programme="cairn", at=at, weights=default_weights(), mentees=mentees, mentors=mentors)


@pytest.mark.parametrize(("seed", "regime"), [(1, "scarce"), (2, "balanced"), (3, "surplus")])
def test_the_stable_answer_has_no_blocking_pairs(seed: int, regime: str) -> None:
    preferences = preferences_of(solve_pool(a_programme(seed, regime)).problem)
    assert blocking_pairs(preferences, deferred_acceptance(preferences)) == ((), 0)


@pytest.mark.parametrize(("seed", "regime"), [(1, "scarce"), (2, "balanced"), (3, "surplus")])
def test_no_other_policy_matches_more_people_and_each_keeps_within_the_places(seed: int, regime: str) -> None:
    solved = solve_pool(a_programme(seed, regime))
    best, *others = compare_baselines(solved)
    assert best.policy == "optimal"
    assert [outcome.policy for outcome in others] == ["first-come", "greedy", "stable"]
    assert all(outcome.matched <= best.matched for outcome in others)


def test_the_price_of_stability_is_what_the_stable_answer_loses() -> None:
    # Both prefer ines; the round gives her to luz, who has no other mentor.
    mentees = [
        a_mentee("sam", languages=spoken("en", "es"), topics=("food",)),
        a_mentee("luz", languages=spoken("es"), topics=("work",)),
    ]
    mentors = [a_mentor("alex"), a_mentor("ines", languages=spoken("en", "es"), topics=("food",))]
    found = stability(solve_pool(a_snapshot(mentees, mentors)))
    assert found.blocking == (Pair("sam", "ines"),)
    assert found.fewer_matched == 1
    assert found.worst_regret > 0


def test_first_come_first_served_gives_an_early_mentee_the_only_place_of_a_late_mentee() -> None:
    mentees = [
        a_mentee("early", languages=spoken("es", "en"), waited=timedelta(days=3)),
        a_mentee("late", languages=spoken("es")),
    ]
    mentors = [a_mentor("alex"), a_mentor("ines", languages=spoken("es"))]
    outcomes = {one.policy: one.matched for one in compare_baselines(solve_pool(a_snapshot(mentees, mentors)))}
    assert outcomes["optimal"] == 2
    assert outcomes["first-come"] == 1


def test_pins_hold_in_every_policy() -> None:
    pool = a_snapshot(
        [a_mentee("a"), a_mentee("b")], [a_mentor("alex"), a_mentor("kim")], pins=frozenset({Pair("a", "kim")})
    )
    assert {outcome.matched for outcome in compare_baselines(solve_pool(pool))} == {2}


@pytest.mark.parametrize(("first", "then"), [("one_thing", "long_haul"), ("long_haul", "one_thing")])
def test_a_small_request_and_a_long_haul_fit_together_under_every_policy(first: str, then: str) -> None:
    mentees = [
        a_mentee("early", request_shape=first, waited=timedelta(days=3), topics=("food",)),
        a_mentee("late", request_shape=then),
    ]
    three_hours = a_mentor(capacity=2, hours_per_month=3, topics=("food",))
    assert [one.matched for one in compare_baselines(solve_pool(a_snapshot(mentees, [three_hours])))] == [2, 2, 2, 2]
    two_long = [a_mentee(f"long-{n}", request_shape="long_haul") for n in range(2)]
    assert [one.matched for one in compare_baselines(solve_pool(a_snapshot(two_long, [three_hours])))] == [1, 1, 1, 1]


def a_rival(shape: str, hours: int) -> tuple[Pair, ...]:
    """Return the blocking pairs where ines has two people and helps one of them less than a rival who prefers her."""
    helped: dict[str, Any] = {"topics": ("food",)}
    mentees = [
        a_mentee("less", request_shape="a_few_chats" if hours == 4 else "one_thing"),
        a_mentee("more", request_shape="a_few_chats" if hours == 4 else "long_haul", **helped),
        a_mentee("rival", request_shape=shape, **helped),
    ]
    mentors = [a_mentor("ines", capacity=2, hours_per_month=hours, **helped), a_mentor("alex")]
    blocks = frozenset({Pair("less", "alex"), Pair("more", "alex")})
    solved = solve_pool(a_snapshot(mentees, mentors, blocks=blocks))
    assert solved.mentor_of == {"less": "ines", "more": "ines", "rival": "alex"}
    return stability(solved).blocking


def test_a_mentee_who_is_helped_less_is_displaced_where_the_hours_allow_it() -> None:
    assert a_rival("long_haul", hours=4) == (Pair("rival", "ines"),), "in the place of the mentee who wants a few chats"
    assert a_rival("one_thing", hours=3) == (Pair("rival", "ines"),)
    assert a_rival("long_haul", hours=3) == (), "the hours take one long haul, and she is helped as much"


def test_a_criterion_that_is_off_does_not_count_for_mentors() -> None:
    mentees = [
        a_mentee("sam", languages=spoken("en", "es"), topics=("food",)),
        a_mentee("luz", languages=spoken("es"), topics=("work",)),
    ]
    mentors = [a_mentor("alex"), a_mentor("ines", languages=spoken("en", "es"), topics=("food",))]
    assert stability(solve_pool(a_snapshot(mentees, mentors))).blocking == (Pair("sam", "ines"),)
    off = a_snapshot(mentees, mentors, weights(topics="off"))
    preferences = preferences_of(solve_pool(off).problem)
    worth_nothing = preferences_of(solve_pool(a_snapshot(mentees, mentors, weights(topics=0))).problem)
    assert preferences.for_mentor.tolist() == worth_nothing.for_mentor.tolist()
