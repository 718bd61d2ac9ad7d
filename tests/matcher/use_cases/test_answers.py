"""Mentors and mentees answer; nobody is blamed, nobody loses their place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from services.chassis.core.errors import Conflict, NotFound
from services.chassis.i18n.translations import Words
from services.events.matcher import MatchAccepted, MatchActivated, MatchDeclined, MatchEnded, MatchProposed
from services.matcher.domain.match import MatchMovedOn
from services.matcher.use_cases.accept_match import accept_match
from services.matcher.use_cases.confirm_match import confirm_match
from services.matcher.use_cases.decline_match import decline_match
from services.matcher.use_cases.end_match import end_match
from services.matcher.use_cases.explain_match import explain_match
from services.matcher.use_cases.request_other_mentor import request_other_mentor
from tests.matcher.scenario import ADMIN, Scenario, person


def test_a_sign_up_becomes_an_active_match(scenario: Scenario) -> None:
    mentor = scenario.mentor()
    mentee = scenario.mentee()
    match = scenario.asked(mentee)
    assert [event.mentor_id for event in scenario.published(MatchProposed)] == [mentor]
    accept_match(scenario.database, scenario.terms, person(mentor), match.id)
    scenario.forward(hours=1)
    confirm_match(scenario.database, person(mentee), match.id)
    assert scenario.match(match.id).state == "active"
    assert [event.mentee_id for event in scenario.published(MatchAccepted)] == [mentee]
    assert scenario.published(MatchActivated)[0].waited_seconds == 3600
    assert scenario.places(mentor) == (1, 1)


def test_a_declined_mentee_is_offered_someone_else(scenario: Scenario) -> None:
    first, second = scenario.mentor("mentor-a"), scenario.mentor("mentor-b")
    mentee = scenario.mentee()
    match = scenario.asked(mentee)
    assert match.mentor_id == first
    decline_match(scenario.database, person(first), match.id, reason="no_time_now", note="moving house")
    again = scenario.asked(mentee)
    assert (again.mentor_id, again.attempt) == (second, 2)
    assert again.waiting_since == match.waiting_since
    assert scenario.places(first) == (0, 1)
    assert "moving house" not in repr(scenario.database.published())
    assert [event.by for event in scenario.published(MatchDeclined)] == ["mentor"]


def test_after_the_last_mentor_declined_the_mentee_waits_with_a_reason(scenario: Scenario) -> None:
    mentor, mentee = scenario.mentor(), scenario.mentee()
    decline_match(scenario.database, person(mentor), scenario.asked(mentee).id)
    scenario.rounds()
    assert scenario.live(mentee) is None
    with scenario.database.begin(read_only=True) as store:
        waiting = store.waits.waiting("cairn", after=None, limit=10)
    assert [(row.person_id, row.cause, row.tries) for row in waiting] == [(mentee, "never_possible", 1)]


def test_a_mentee_may_decline_an_introduction(scenario: Scenario) -> None:
    scenario.mentor("mentor-a"), scenario.mentor("mentor-b")
    mentee = scenario.mentee()
    match = scenario.asked(mentee)
    accept_match(scenario.database, scenario.terms, person("mentor-a"), match.id)
    decline_match(scenario.database, person(mentee), match.id)
    assert [event.by for event in scenario.published(MatchDeclined)] == ["mentee"]
    assert scenario.asked(mentee).mentor_id == "mentor-b"


def test_not_the_right_fit_needs_no_reason_and_leads_to_another_mentor(scenario: Scenario) -> None:
    scenario.mentor("mentor-a"), scenario.mentor("mentor-b")
    mentee = scenario.mentee()
    match = scenario.asked(mentee)
    accept_match(scenario.database, scenario.terms, person("mentor-a"), match.id)
    confirm_match(scenario.database, person(mentee), match.id)
    request_other_mentor(scenario.database, person(mentee), match.id)
    assert scenario.published(MatchEnded)[-1].cause == "not_the_fit"
    assert scenario.asked(mentee).mentor_id == "mentor-b"


def test_either_side_may_end_and_the_two_may_meet_again(scenario: Scenario) -> None:
    mentor, mentee = scenario.mentor(), scenario.mentee()
    match = scenario.asked(mentee)
    accept_match(scenario.database, scenario.terms, person(mentor), match.id)
    confirm_match(scenario.database, person(mentee), match.id)
    end_match(scenario.database, person(mentor), match.id, "completed")
    assert scenario.published(MatchEnded)[-1].was == "active"
    assert scenario.asked(mentee).mentor_id == mentor


def test_an_admin_ends_what_has_to_end(scenario: Scenario) -> None:
    mentor, mentee = scenario.mentor(), scenario.mentee()
    match = scenario.asked(mentee)
    end_match(scenario.database, ADMIN, match.id, "safeguarding", reason="a concern was raised")
    scenario.rounds()
    assert scenario.live(mentee) is None, "the two are kept apart"
    assert scenario.places(mentor) == (0, 1)


def test_a_second_answer_gets_the_current_state(scenario: Scenario) -> None:
    mentor, mentee = scenario.mentor(), scenario.mentee()
    match = scenario.asked(mentee)
    accept_match(scenario.database, scenario.terms, person(mentor), match.id)
    with pytest.raises(MatchMovedOn) as refused:
        accept_match(scenario.database, scenario.terms, person(mentor), match.id)
    assert refused.value.now is not None
    assert refused.value.now["state"] == "accepted"
    with pytest.raises(MatchMovedOn):
        decline_match(scenario.database, person(mentor), match.id)
    assert len(scenario.published(MatchAccepted)) == 1


def test_a_mentor_answers_an_offer_before_ending_it(scenario: Scenario) -> None:
    mentor, mentee = scenario.mentor(), scenario.mentee()
    match = scenario.asked(mentee)
    with pytest.raises(Conflict) as refused:
        end_match(scenario.database, person(mentor), match.id, "withdrawn")
    assert refused.value.code == "answer_first"


def test_nobody_answers_for_someone_else(scenario: Scenario) -> None:
    mentor, mentee, stranger = scenario.mentor("a"), scenario.mentee(), scenario.mentor("z")
    match = scenario.asked(mentee)
    answers: tuple[Callable[[], object], ...] = (
        lambda: accept_match(scenario.database, scenario.terms, person(stranger), match.id),
        lambda: accept_match(scenario.database, scenario.terms, person(mentee), match.id),
        lambda: decline_match(scenario.database, person(stranger), match.id),
        lambda: confirm_match(scenario.database, person(mentor), match.id),
        lambda: request_other_mentor(scenario.database, person(mentor), match.id),
        lambda: end_match(scenario.database, person(stranger), match.id, "completed"),
        lambda: accept_match(scenario.database, scenario.terms, person(mentor), "no-such-match"),
    )
    for answer in answers:
        with pytest.raises(NotFound):
            answer()
    assert scenario.match(match.id).state == "proposed"


def test_a_mentee_does_not_see_which_mentors_declined(scenario: Scenario) -> None:
    mentor, mentee = scenario.mentor(), scenario.mentee()
    match = scenario.asked(mentee)
    decline_match(scenario.database, person(mentor), match.id)
    with scenario.database.begin(read_only=True) as store:
        assert store.matches.listed("cairn", mentee, limit=10) == []
        assert [one.id for one in store.matches.listed("cairn", mentor, limit=10)] == [match.id]
    with pytest.raises(NotFound):
        explain_match(scenario.database, Words(Path(__file__).parent), person(mentee), match.id, "en")
