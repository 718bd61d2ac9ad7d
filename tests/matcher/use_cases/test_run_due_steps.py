"""What happens because nobody answers."""

from __future__ import annotations

import pytest

from services.events.matcher import MatchExpired, MatchReminderDue
from services.matcher.domain.match import MatchMovedOn
from services.matcher.use_cases.accept_match import accept_match
from services.matcher.use_cases.confirm_match import confirm_match
from services.matcher.use_cases.run_due_steps import (
    end_due_breaks,
    expire_overdue_offers,
    request_pending_rounds,
    send_due_reminders,
)
from tests.matcher.scenario import Scenario, person, spoken


def test_an_offer_nobody_answers_goes_to_the_next_mentor(scenario: Scenario) -> None:
    scenario.mentor("mentor-a"), scenario.mentor("mentor-b")
    mentee = scenario.mentee()
    match = scenario.asked(mentee)
    scenario.forward(hours=71)
    assert expire_overdue_offers(scenario.database, scenario.terms) == 0
    scenario.forward(hours=1)
    assert expire_overdue_offers(scenario.database, scenario.terms) == 1
    assert expire_overdue_offers(scenario.database, scenario.terms) == 0
    assert scenario.match(match.id).end_cause == "expired"
    assert [event.waiting_for for event in scenario.published(MatchExpired)] == ["mentor"]
    assert scenario.asked(mentee).mentor_id == "mentor-b"


def test_an_answer_after_the_deadline_is_refused_though_no_tick_came_yet(scenario: Scenario) -> None:
    mentor, mentee = scenario.mentor(), scenario.mentee()
    match = scenario.asked(mentee)
    scenario.forward(hours=72)
    with pytest.raises(MatchMovedOn) as refused:
        accept_match(scenario.database, scenario.terms, person(mentor), match.id)
    assert refused.value.code == "answer_too_late"
    assert scenario.match(match.id).state == "proposed"


def test_a_mentee_who_does_not_confirm_frees_the_mentor(scenario: Scenario) -> None:
    mentor, mentee = scenario.mentor(), scenario.mentee()
    match = scenario.asked(mentee)
    accept_match(scenario.database, scenario.terms, person(mentor), match.id)
    scenario.forward(hours=72)
    expire_overdue_offers(scenario.database, scenario.terms)
    assert [event.waiting_for for event in scenario.published(MatchExpired)] == ["mentee"]
    assert scenario.places(mentor) == (0, 1)
    with pytest.raises(MatchMovedOn):
        confirm_match(scenario.database, person(mentee), match.id)


def test_each_side_is_reminded_once_half_way(scenario: Scenario) -> None:
    mentor, mentee = scenario.mentor(), scenario.mentee()
    match = scenario.asked(mentee)
    assert send_due_reminders(scenario.database) == 0
    scenario.forward(hours=36)
    assert [send_due_reminders(scenario.database), send_due_reminders(scenario.database)] == [1, 0]
    accept_match(scenario.database, scenario.terms, person(mentor), match.id)
    scenario.forward(hours=36)
    assert [send_due_reminders(scenario.database), send_due_reminders(scenario.database)] == [1, 0]
    assert [event.waiting_for for event in scenario.published(MatchReminderDue)] == ["mentor", "mentee"]


def test_two_lapses_let_a_mentor_rest_for_a_while(scenario: Scenario) -> None:
    mentor = scenario.mentor()
    for _ in range(2):
        mentee = scenario.mentee()
        assert scenario.asked(mentee).mentor_id == mentor
        scenario.forward(hours=72)
        expire_overdue_offers(scenario.database, scenario.terms)
    later = scenario.mentee()
    scenario.rounds()
    assert scenario.live(later) is None, "the mentor rests"
    scenario.forward(days=14)
    assert end_due_breaks(scenario.database) == 1
    assert scenario.asked(later).mentor_id == mentor


def test_an_answer_in_between_means_no_rest(scenario: Scenario) -> None:
    mentor = scenario.mentor(capacity=3)
    missed = scenario.asked(scenario.mentee())
    scenario.forward(hours=72)
    expire_overdue_offers(scenario.database, scenario.terms)
    answered = scenario.asked(scenario.mentee())
    accept_match(scenario.database, scenario.terms, person(mentor), answered.id)
    again = scenario.asked(scenario.mentee())
    scenario.forward(hours=72)
    expire_overdue_offers(scenario.database, scenario.terms)
    assert scenario.match(missed.id).end_cause == scenario.match(again.id).end_cause == "expired"
    assert scenario.asked(scenario.mentee()).mentor_id == mentor


def test_a_tick_requests_rounds_where_people_wait(scenario: Scenario) -> None:
    scenario.mentee(languages=spoken("cy"))
    scenario.rounds()
    assert request_pending_rounds(scenario.database) == 1
    assert list(scenario.database.due_rounds()) == ["cairn"]
