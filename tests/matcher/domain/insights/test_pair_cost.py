from dataclasses import replace
from typing import Any

import pytest

from services.matcher.domain.candidates import Pair
from services.matcher.domain.insights.evaluation import evaluate
from services.matcher.domain.insights.pair_cost import WhyNot, why_not, why_together
from services.matcher.domain.round import solve_pool
from tests.support.people import a_mentee, a_mentor, a_snapshot, spoken, weights


def test_a_pair_that_breaks_a_rule_names_the_rule() -> None:
    pool = a_snapshot([a_mentee("sam")], [a_mentor("kim", languages=spoken("es"))])
    assert why_not(pool, Pair("sam", "kim")).rules == ("language",)


def test_a_full_mentor_has_no_place() -> None:
    pool = a_snapshot([a_mentee("sam")], [a_mentor("kim", taken=1)])
    assert why_not(pool, Pair("sam", "kim")).rules == ("places",)


@pytest.mark.parametrize(
    ("mentor", "rules"),
    [
        ({"request_shapes": ("one_thing",)}, ("request_shape",)),
        ({"request_shapes": ("one_thing",), "taken": 1}, ("request_shape", "places")),
        ({"request_shapes": ("one_thing",), "hours_per_month": 2}, ("request_shape",)),
        ({"paused": True}, ("ready",)),
        ({"paused": True, "taken": 1}, ("ready", "places")),
        ({"approved": False}, ("ready",)),
        ({"capacity": 3, "hours_per_month": 3, "taken": 1, "shapes_taken": ("long_haul",)}, ("places",)),
    ],
)
def test_places_are_named_only_where_a_place_is_missing(mentor: dict[str, Any], rules: tuple[str, ...]) -> None:
    pool = a_snapshot([a_mentee("sam", request_shape="long_haul")], [a_mentor("kim", **mentor)])
    assert why_not(pool, Pair("sam", "kim")).rules == rules


def test_the_pair_the_round_makes_costs_nothing() -> None:
    pool = a_snapshot([a_mentee("sam")], [a_mentor("kim")])
    cost = why_not(pool, Pair("sam", "kim"))
    assert cost.already
    assert (cost.fewer_matched, cost.lost_fit) == (0, 0)


def test_pinning_a_pair_shows_who_would_wait_for_it() -> None:
    mentees = [a_mentee("sam"), a_mentee("luz", languages=spoken("es"))]
    mentors = [a_mentor("alex"), a_mentor("ines", languages=spoken("en", "es"))]
    cost = why_not(a_snapshot(mentees, mentors), Pair("sam", "ines"))
    assert (cost.fewer_matched, cost.others) == (1, ("luz",))
    assert cost.lost_priority > 0


def test_pinning_a_pair_may_cost_only_fit() -> None:
    mentees = [a_mentee("sam", topics=("food",)), a_mentee("jo", topics=("work",))]
    mentors = [a_mentor("cook", topics=("food",)), a_mentor("worker", topics=("work",))]
    cost = why_not(a_snapshot(mentees, mentors), Pair("sam", "worker"))
    assert (cost.fewer_matched, cost.others) == (0, ("jo",))
    assert cost.lost_fit > 0


def test_a_pair_under_the_quality_floor_can_be_pinned() -> None:
    mentees = [a_mentee("near", topics=("food",)), a_mentee("far", topics=("work",), goals=("social",))]
    mentors = [a_mentor("cook", topics=("food",)), a_mentor("baker", topics=("food",), goals=("practical",))]
    cost = why_not(a_snapshot(mentees, mentors, weights(quality_floor=68)), Pair("far", "baker"))
    assert (cost.rules, cost.already, cost.fewer_matched) == ((), False, -1), "one more person would have a mentor"


def test_a_pair_of_unknown_people_is_refused() -> None:
    for asked in (why_not, why_together):
        with pytest.raises(KeyError):
            asked(a_snapshot([], []), Pair("sam", "kim"))


def test_blocking_a_pair_shows_who_would_wait_for_it() -> None:
    mentees = [a_mentee("sam"), a_mentee("luz", languages=spoken("es"))]
    mentors = [a_mentor("alex"), a_mentor("ines", languages=spoken("en", "es"))]
    pool = a_snapshot(mentees, mentors)
    cost = why_together(pool, Pair("luz", "ines"))
    assert (cost.fewer_matched, cost.others, cost.already) == (1, (), False)
    assert cost.lost_priority > 0
    assert cost.lost_fit > 0


def test_blocking_a_pair_costs_what_the_round_then_loses() -> None:
    mentees = [a_mentee("sam", topics=("food",)), a_mentee("jo", topics=("work",)), a_mentee("kit", topics=("sleep",))]
    mentors = [
        a_mentor("cook", topics=("food",)),
        a_mentor("worker", topics=("work",)),
        a_mentor("owl", topics=("sleep",)),
    ]
    pool = a_snapshot(mentees, mentors)
    cost = why_together(pool, Pair("sam", "cook"))
    before, after = solve_pool(pool), solve_pool(replace(pool, blocks=frozenset({cost.pair})))
    changed = {mentee_id for mentee_id in before.mentor_of if before.mentor_of[mentee_id] != after.mentor_of[mentee_id]}
    assert set(cost.others) == changed - {"sam"} != set()
    fits = [evaluate(mentee_id.problem, mentee_id.mentor_of).fit for mentee_id in (before, after)]
    assert cost.lost_fit == fits[0] - fits[1] > 0
    assert cost.fewer_matched == 0


def test_blocking_a_pair_that_is_not_made_costs_nothing() -> None:
    pool = a_snapshot([a_mentee("sam")], [a_mentor("kim"), a_mentor("ida", languages=spoken("es"))])
    assert why_together(pool, Pair("sam", "ida")) == WhyNot(pair=Pair("sam", "ida"), rules=("language",), already=True)


def test_blocking_a_pinned_pair_withdraws_the_pin() -> None:
    mentees = [a_mentee("sam", topics=("food",)), a_mentee("jo", topics=("work",))]
    mentors = [a_mentor("cook", topics=("food",)), a_mentor("worker", topics=("work",))]
    pool = a_snapshot(mentees, mentors, pins=frozenset({Pair("sam", "worker")}))
    cost = why_together(pool, Pair("sam", "worker"))
    assert (cost.fewer_matched, cost.others) == (0, ("jo",))
    assert cost.lost_fit < 0, "the pool fits better without that pin"
