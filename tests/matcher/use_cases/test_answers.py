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
from tests.matcher.scenario import ADMIN, World, person


def test_a_sign_up_becomes_an_active_match(world: World) -> None:
    mentor = world.mentor()
    mentee = world.mentee()
    match = world.asked(mentee)
    assert [event.mentor_id for event in world.told(MatchProposed)] == [mentor]
    accept_match(world.house, world.terms, person(mentor), match.id)
    world.forward(hours=1)
    confirm_match(world.house, person(mentee), match.id)
    assert world.match(match.id).state == "active"
    assert [event.mentee_id for event in world.told(MatchAccepted)] == [mentee]
    assert world.told(MatchActivated)[0].waited_seconds == 3600
    assert world.places(mentor) == (1, 1)


def test_a_declined_mentee_is_offered_someone_else(world: World) -> None:
    first, second = world.mentor("mentor-a"), world.mentor("mentor-b")
    mentee = world.mentee()
    match = world.asked(mentee)
    assert match.mentor_id == first
    decline_match(world.house, person(first), match.id, reason="no_time_now", note="moving house")
    again = world.asked(mentee)
    assert (again.mentor_id, again.attempt) == (second, 2)
    assert again.waiting_since == match.waiting_since
    assert world.places(first) == (0, 1)
    assert "moving house" not in repr(world.house.told())
    assert [event.by for event in world.told(MatchDeclined)] == ["mentor"]


def test_after_the_last_mentor_declined_the_mentee_waits_with_a_reason(world: World) -> None:
    mentor, mentee = world.mentor(), world.mentee()
    decline_match(world.house, person(mentor), world.asked(mentee).id)
    world.rounds()
    assert world.live(mentee) is None
    with world.house.begin(read_only=True) as store:
        waiting = store.waits.waiting("cairn", after=None, limit=10)
    assert [(row.person_id, row.cause, row.tries) for row in waiting] == [(mentee, "never_possible", 1)]


def test_a_mentee_may_say_no_to_an_introduction(world: World) -> None:
    world.mentor("mentor-a"), world.mentor("mentor-b")
    mentee = world.mentee()
    match = world.asked(mentee)
    accept_match(world.house, world.terms, person("mentor-a"), match.id)
    decline_match(world.house, person(mentee), match.id)
    assert [event.by for event in world.told(MatchDeclined)] == ["mentee"]
    assert world.asked(mentee).mentor_id == "mentor-b"


def test_not_the_right_fit_needs_no_reason_and_leads_to_somebody_else(world: World) -> None:
    world.mentor("mentor-a"), world.mentor("mentor-b")
    mentee = world.mentee()
    match = world.asked(mentee)
    accept_match(world.house, world.terms, person("mentor-a"), match.id)
    confirm_match(world.house, person(mentee), match.id)
    request_other_mentor(world.house, person(mentee), match.id)
    assert world.told(MatchEnded)[-1].cause == "not_the_fit"
    assert world.asked(mentee).mentor_id == "mentor-b"


def test_either_side_may_end_and_the_two_may_meet_again(world: World) -> None:
    mentor, mentee = world.mentor(), world.mentee()
    match = world.asked(mentee)
    accept_match(world.house, world.terms, person(mentor), match.id)
    confirm_match(world.house, person(mentee), match.id)
    end_match(world.house, person(mentor), match.id, "completed")
    assert world.told(MatchEnded)[-1].was == "active"
    assert world.asked(mentee).mentor_id == mentor


def test_an_admin_ends_what_has_to_end(world: World) -> None:
    mentor, mentee = world.mentor(), world.mentee()
    match = world.asked(mentee)
    end_match(world.house, ADMIN, match.id, "safeguarding", reason="a concern was raised")
    world.rounds()
    assert world.live(mentee) is None, "the two are kept apart"
    assert world.places(mentor) == (0, 1)


def test_the_second_answer_hears_what_is_true_now(world: World) -> None:
    mentor, mentee = world.mentor(), world.mentee()
    match = world.asked(mentee)
    accept_match(world.house, world.terms, person(mentor), match.id)
    with pytest.raises(MatchMovedOn) as refused:
        accept_match(world.house, world.terms, person(mentor), match.id)
    assert refused.value.now is not None
    assert refused.value.now["state"] == "accepted"
    with pytest.raises(MatchMovedOn):
        decline_match(world.house, person(mentor), match.id)
    assert len(world.told(MatchAccepted)) == 1


def test_a_mentor_answers_an_offer_before_ending_it(world: World) -> None:
    mentor, mentee = world.mentor(), world.mentee()
    match = world.asked(mentee)
    with pytest.raises(Conflict) as refused:
        end_match(world.house, person(mentor), match.id, "withdrawn")
    assert refused.value.code == "answer_first"


def test_nobody_answers_for_somebody_else(world: World) -> None:
    mentor, mentee, stranger = world.mentor("a"), world.mentee(), world.mentor("z")
    match = world.asked(mentee)
    answers: tuple[Callable[[], object], ...] = (
        lambda: accept_match(world.house, world.terms, person(stranger), match.id),
        lambda: accept_match(world.house, world.terms, person(mentee), match.id),
        lambda: decline_match(world.house, person(stranger), match.id),
        lambda: confirm_match(world.house, person(mentor), match.id),
        lambda: request_other_mentor(world.house, person(mentor), match.id),
        lambda: end_match(world.house, person(stranger), match.id, "completed"),
        lambda: accept_match(world.house, world.terms, person(mentor), "no-such-match"),
    )
    for answer in answers:
        with pytest.raises(NotFound):
            answer()
    assert world.match(match.id).state == "proposed"


def test_a_mentee_does_not_learn_who_could_not_say_yes(world: World) -> None:
    mentor, mentee = world.mentor(), world.mentee()
    match = world.asked(mentee)
    decline_match(world.house, person(mentor), match.id)
    with world.house.begin(read_only=True) as store:
        assert store.matches.listed("cairn", mentee, limit=10) == []
        assert [one.id for one in store.matches.listed("cairn", mentor, limit=10)] == [match.id]
    with pytest.raises(NotFound):
        explain_match(world.house, Words(Path(__file__).parent), person(mentee), match.id, "en")
