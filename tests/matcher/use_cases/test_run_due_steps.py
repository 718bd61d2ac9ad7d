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
from tests.matcher.scenario import World, person, spoken


def test_an_offer_nobody_answers_goes_to_the_next_mentor(world: World) -> None:
    world.mentor("mentor-a"), world.mentor("mentor-b")
    mentee = world.mentee()
    match = world.asked(mentee)
    world.forward(hours=71)
    assert expire_overdue_offers(world.house, world.terms) == 0
    world.forward(hours=1)
    assert expire_overdue_offers(world.house, world.terms) == 1
    assert expire_overdue_offers(world.house, world.terms) == 0
    assert world.match(match.id).end_cause == "expired"
    assert [event.waiting_for for event in world.told(MatchExpired)] == ["mentor"]
    assert world.asked(mentee).mentor_id == "mentor-b"


def test_an_answer_after_the_deadline_is_refused_though_no_tick_came_yet(world: World) -> None:
    mentor, mentee = world.mentor(), world.mentee()
    match = world.asked(mentee)
    world.forward(hours=72)
    with pytest.raises(MatchMovedOn) as refused:
        accept_match(world.house, world.terms, person(mentor), match.id)
    assert refused.value.code == "answer_too_late"
    assert world.match(match.id).state == "proposed"


def test_a_mentee_who_does_not_confirm_frees_the_mentor(world: World) -> None:
    mentor, mentee = world.mentor(), world.mentee()
    match = world.asked(mentee)
    accept_match(world.house, world.terms, person(mentor), match.id)
    world.forward(hours=72)
    expire_overdue_offers(world.house, world.terms)
    assert [event.waiting_for for event in world.told(MatchExpired)] == ["mentee"]
    assert world.places(mentor) == (0, 1)
    with pytest.raises(MatchMovedOn):
        confirm_match(world.house, person(mentee), match.id)


def test_each_side_is_reminded_once_half_way(world: World) -> None:
    mentor, mentee = world.mentor(), world.mentee()
    match = world.asked(mentee)
    assert send_due_reminders(world.house) == 0
    world.forward(hours=36)
    assert [send_due_reminders(world.house), send_due_reminders(world.house)] == [1, 0]
    accept_match(world.house, world.terms, person(mentor), match.id)
    world.forward(hours=36)
    assert [send_due_reminders(world.house), send_due_reminders(world.house)] == [1, 0]
    assert [event.waiting_for for event in world.told(MatchReminderDue)] == ["mentor", "mentee"]


def test_two_lapses_let_a_mentor_rest_for_a_while(world: World) -> None:
    mentor = world.mentor()
    for _ in range(2):
        mentee = world.mentee()
        assert world.asked(mentee).mentor_id == mentor
        world.forward(hours=72)
        expire_overdue_offers(world.house, world.terms)
    later = world.mentee()
    world.rounds()
    assert world.live(later) is None, "the mentor rests"
    world.forward(days=14)
    assert end_due_breaks(world.house) == 1
    assert world.asked(later).mentor_id == mentor


def test_an_answer_in_between_means_no_rest(world: World) -> None:
    mentor = world.mentor(capacity=3)
    missed = world.asked(world.mentee())
    world.forward(hours=72)
    expire_overdue_offers(world.house, world.terms)
    answered = world.asked(world.mentee())
    accept_match(world.house, world.terms, person(mentor), answered.id)
    again = world.asked(world.mentee())
    world.forward(hours=72)
    expire_overdue_offers(world.house, world.terms)
    assert world.match(missed.id).end_cause == world.match(again.id).end_cause == "expired"
    assert world.asked(world.mentee()).mentor_id == mentor


def test_somebody_who_waits_is_looked_at_again_now_and_then(world: World) -> None:
    world.mentee(languages=spoken("cy"))
    world.rounds()
    assert request_pending_rounds(world.house) == 1
    assert list(world.house.due_rounds()) == ["cairn"]
