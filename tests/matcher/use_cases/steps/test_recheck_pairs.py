"""A round that was decided a while ago is applied to people, weights and rules as they are by then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.events.facts import LifeStage
from services.events.matcher import MatchProposed
from services.matcher.domain.candidates import Pair
from services.matcher.domain.records import Round
from services.matcher.domain.round import run_round
from services.matcher.use_cases.pin_or_block_pair import pin_pair
from services.matcher.use_cases.publish_weights import publish_weights
from services.matcher.use_cases.review_round import release_round, set_round_mode
from tests.matcher.scenario import PROGRAMME, Scenario, at

WHY = {"by": "admin", "reason": "a story needs it"}


@pytest.fixture
def review(scenario: Scenario) -> Scenario:
    """A programme whose rounds are held, decided by the real engine."""
    scenario.decide = run_round
    set_round_mode(scenario.database, PROGRAMME, "review", **WHY)
    return scenario


def publish(scenario: Scenario, after: int = 1, **weights: Any) -> None:
    publish_weights(scenario.database, PROGRAMME, weights, at(after), **WHY)


def released(scenario: Scenario) -> Round:
    """Release the round that is held; what came of it."""
    with scenario.database.begin(read_only=True) as store:
        held = store.rounds.in_review(PROGRAMME)
    assert held is not None
    release_round(scenario.database, PROGRAMME, held.id, **WHY)
    done = scenario.run()
    assert done is not None
    return done


def test_nothing_is_dropped_where_nothing_but_a_few_days_passed(review: Scenario) -> None:
    review.mentor(), review.mentee()
    review.rounds()
    review.forward(days=3)
    assert (released(review).proposed, len(review.published(MatchProposed))) == (1, 1)


def test_a_stage_of_life_that_is_over_by_the_release_counts_no_more(review: Scenario) -> None:
    publish(review, criteria={"life_stage": {"mode": "hard", "weight": 20}})
    soon = (review.clock.now() + timedelta(days=1)).date()
    review.mentor(life_stages=("student",))
    review.mentee(life_stages=(LifeStage(code="student", until=soon), LifeStage(code="pregnant")))
    review.rounds()
    review.forward(days=3)
    done = released(review)
    assert (done.proposed, done.dropped) == (0, 1), "what the two have in common is over"


def test_a_held_round_is_checked_by_weights_published_meanwhile(review: Scenario) -> None:
    review.mentor(), review.mentee()
    review.rounds()
    publish(review, quality_floor=99)
    done = released(review)
    assert (done.proposed, done.dropped) == (0, 1)


def test_a_pinned_pair_under_the_floor_is_made_though_its_people_changed(review: Scenario) -> None:
    publish(review, quality_floor=99)
    review.mentor("mentor"), review.mentee("mentee"), review.mentee("other")
    pin_pair(review.database, PROGRAMME, Pair("mentee", "mentor"), **WHY)
    review.rounds()
    review.change("mentor", "mentor", topics=("food",))
    assert released(review).proposed == 1
    assert [event.mentee_id for event in review.published(MatchProposed)] == ["mentee"]


def test_a_pinned_pair_that_a_rule_forbids_by_now_is_dropped(review: Scenario) -> None:
    review.mentor("mentor"), review.mentee("mentee")
    pin_pair(review.database, PROGRAMME, Pair("mentee", "mentor"), **WHY)
    review.rounds()
    review.change("mentor", "mentor", request_shapes=("one_thing",))
    review.change("mentee", "mentee", request_shape="long_haul")
    assert (released(review).proposed, review.published(MatchProposed)) == (0, [])


@pytest.mark.parametrize("shape", ["long_haul", "a_few_chats", "one_thing"])
def test_a_held_round_respects_hours_that_a_mentor_reduced_meanwhile(review: Scenario, shape: str) -> None:
    review.mentor("mentor", capacity=2)
    review.mentee(request_shape=shape), review.mentee(request_shape=shape)
    review.rounds()
    review.change("mentor", "mentor", hours_per_month=3)
    done = released(review)
    one_only = shape != "one_thing"
    assert (done.proposed, done.dropped) == ((1, 1) if one_only else (2, 0))
    assert len(review.published(MatchProposed)) == done.proposed


def test_a_long_haul_for_which_the_hours_are_spent_by_now_is_dropped(review: Scenario) -> None:
    """The place is still there, for shorter requests."""
    review.mentor("mentor", capacity=3, hours_per_month=4), review.mentee("first", request_shape="long_haul")
    review.rounds()
    assert released(review).proposed == 1
    review.mentee("second", request_shape="a_few_chats"), review.mentee("third", request_shape="one_thing")
    review.rounds()
    review.change("second", "mentee", request_shape="long_haul")
    done = released(review)
    assert (done.proposed, done.dropped) == (1, 1)
    assert [event.mentee_id for event in review.published(MatchProposed)] == ["first", "third"]
