"""Two ways for a round to go on: by itself, or once an admin has looked at it."""

from __future__ import annotations

import pytest

from services.chassis.core.errors import Conflict, Gone
from services.events import profiles
from services.events.matcher import MatchProposed
from services.matcher.domain.records import Round
from services.matcher.use_cases.review_round import (
    cancel_round,
    drop_round,
    list_proposals,
    release_round,
    set_round_mode,
)
from tests.matcher.scenario import PROGRAMME, Scenario

BY, REASON = "admin", "to be looked at first"


def set_mode(scenario: Scenario, mode: str) -> None:
    set_round_mode(scenario.database, PROGRAMME, "review" if mode == "review" else "rolling", by=BY, reason=REASON)


def held(scenario: Scenario) -> Round:
    """Run a round in review mode; the round that is held then."""
    set_mode(scenario, "review")
    scenario.rounds()
    return latest(scenario)


def release(scenario: Scenario, found: Round) -> Round:
    return release_round(scenario.database, PROGRAMME, found.id, by=BY, reason=REASON)


def latest(scenario: Scenario) -> Round:
    with scenario.database.begin(read_only=True) as store:
        return store.rounds.listed(PROGRAMME, after=None, limit=1)[0]


def proposals(scenario: Scenario, round_id: str) -> list[tuple[str, str]]:
    found = list_proposals(scenario.database, PROGRAMME, round_id, after="", limit=100, by=BY)
    return [(one.proposal.mentee_id, one.proposal.mentor_id) for one in found]


def test_the_default_round_mode_is_rolling(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee()
    scenario.rounds()
    assert latest(scenario).state == "applied"
    assert len(scenario.published(MatchProposed)) == 1


def test_in_review_mode_nobody_is_asked_until_the_round_is_released(scenario: Scenario) -> None:
    scenario.mentor("mentor"), scenario.mentee("mentee")
    found = held(scenario)
    assert (found.state, found.proposed) == ("review", 1)
    assert found.certificate["optimal"]
    assert scenario.published(MatchProposed) == []
    assert proposals(scenario, found.id) == [("mentee", "mentor")]
    assert release(scenario, found).state == "open"
    scenario.rounds()
    assert (latest(scenario).id, latest(scenario).state, latest(scenario).proposed) == (found.id, "applied", 1)
    assert [event.mentee_id for event in scenario.published(MatchProposed)] == ["mentee"]


def test_a_pair_that_went_stale_while_held_is_dropped_and_left_to_the_next_round(scenario: Scenario) -> None:
    scenario.mentor("mentor-a"), scenario.mentor("mentor-b")
    scenario.mentee("stays"), scenario.mentee("goes")
    found = held(scenario)
    scenario.receive(profiles.PersonLeft, "goes")
    scenario.receive(profiles.PersonPaused, dict(proposals(scenario, found.id))["stays"])
    release(scenario, found)
    set_mode(scenario, "rolling")
    scenario.rounds()
    with scenario.database.begin(read_only=True) as store:
        assert (store.rounds.get(found.id).proposed, store.rounds.get(found.id).dropped) == (0, 2)
    assert [event.mentee_id for event in scenario.published(MatchProposed)] == ["stays"]


def test_while_a_round_is_held_no_other_begins(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee()
    found = held(scenario)
    scenario.mentee("later")
    scenario.rounds()
    assert latest(scenario).id == found.id
    release(scenario, found)
    scenario.rounds()
    scenario.mentor("another")
    scenario.rounds()
    assert latest(scenario).state == "review"
    assert [mentee for mentee, _ in proposals(scenario, latest(scenario).id)] == ["later"]


def test_a_mentee_who_came_while_a_round_was_held_is_seen_after_its_release(scenario: Scenario) -> None:
    scenario.mentor(capacity=2), scenario.mentee()
    found = held(scenario)
    scenario.mentee("later")
    scenario.rounds()
    release(scenario, found)
    scenario.rounds()
    assert (latest(scenario).id != found.id, latest(scenario).state) == (True, "review")
    assert [mentee for mentee, _ in proposals(scenario, latest(scenario).id)] == ["later"]


def test_a_dropped_round_asks_nobody_and_the_next_comes_when_something_changes(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee()
    found = held(scenario)
    assert drop_round(scenario.database, PROGRAMME, found.id, by=BY, reason=REASON).state == "dropped"
    scenario.rounds()
    assert (latest(scenario).id, scenario.published(MatchProposed)) == (found.id, [])
    with pytest.raises(Gone):
        proposals(scenario, found.id)
    scenario.forward(seconds=1)
    scenario.mentee()
    scenario.rounds()
    assert (latest(scenario).id != found.id, latest(scenario).state) == (True, "review")


def test_a_round_without_proposals_needs_no_review(scenario: Scenario) -> None:
    scenario.mentee()
    assert held(scenario).state == "applied"


def test_a_held_round_with_an_erased_person_is_given_up_and_others_get_a_new_round(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentor(), scenario.mentee("gone"), scenario.mentee("stays")
    found = held(scenario)
    scenario.forward(seconds=1)
    scenario.receive(profiles.PersonErased, "gone")
    scenario.rounds()
    with scenario.database.begin(read_only=True) as store:
        assert store.rounds.get(found.id).state == "given_up"
    assert [mentee for mentee, _ in proposals(scenario, latest(scenario).id)] == ["stays"]


def test_a_released_round_may_be_cancelled_before_it_asks_anybody(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee()
    found = held(scenario)
    release(scenario, found)
    assert cancel_round(scenario.database, PROGRAMME, found.id, by=BY, reason=REASON).state == "cancelled"


def test_only_a_round_that_is_held_is_released_or_dropped(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee()
    scenario.rounds()
    for decide in (release_round, drop_round):
        with pytest.raises(Conflict, match="isn't held"):
            decide(scenario.database, PROGRAMME, latest(scenario).id, by=BY, reason=REASON)
