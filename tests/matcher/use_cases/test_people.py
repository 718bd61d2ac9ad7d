"""People come, change, pause, leave; the pool follows, and never goes back."""

from __future__ import annotations

from datetime import date, timedelta

from services.events import profiles
from services.events.matcher import MatchEnded
from services.events.requests import PeopleWanted
from services.matcher.use_cases.accept_match import accept_match
from services.matcher.use_cases.confirm_match import confirm_match
from services.matcher.use_cases.request_people import request_people, request_people_again
from services.matcher.use_cases.run_due_steps import end_due_breaks
from tests.matcher.scenario import PROGRAMME, Scenario, person, spoken


def test_an_older_version_is_never_applied_after_a_newer_one(scenario: Scenario) -> None:
    mentee = scenario.mentee(languages=spoken("es"))
    newest = scenario.facts[mentee]
    scenario.change(mentee, "mentee", languages=spoken("fr"))
    old = profiles.PersonRegistered
    scenario.receive(old, mentee, version=1, locale="en", **{**newest, "mentee": newest["mentee"]})
    with scenario.database.begin(read_only=True) as store:
        member = store.pool.member(mentee)
    assert member is not None
    assert member.mentee is not None
    assert [one.tag for one in member.mentee.languages] == ["fr"]
    assert member.version == 2


def test_a_changed_profile_finds_another_mentor(scenario: Scenario) -> None:
    mentor = scenario.mentor(languages=spoken("fr"))
    mentee = scenario.mentee(languages=spoken("es"))
    scenario.rounds()
    assert scenario.live(mentee) is None
    scenario.change(mentee, "mentee", languages=spoken("fr"))
    assert scenario.asked(mentee).mentor_id == mentor


def test_sign_ups_at_the_same_time_share_a_round(scenario: Scenario) -> None:
    scenario.mentor(capacity=5)
    for _ in range(5):
        scenario.mentee()
    scenario.rounds()
    with scenario.database.begin(read_only=True) as store:
        rounds = store.rounds.listed(PROGRAMME, after=None, limit=10)
    assert [(one.mentees, one.proposed) for one in rounds] == [(5, 5)]


def test_a_mentor_who_is_not_approved_is_not_asked(scenario: Scenario) -> None:
    mentor = scenario.mentor(approved=False)
    mentee = scenario.mentee()
    scenario.rounds()
    assert scenario.live(mentee) is None
    scenario.change(mentor, "mentor", approved=True)
    assert scenario.asked(mentee).mentor_id == mentor


def test_a_pause_takes_back_an_open_offer_and_keeps_the_place_in_the_queue(scenario: Scenario) -> None:
    scenario.mentor()
    mentee = scenario.mentee()
    match = scenario.asked(mentee)
    scenario.receive(profiles.PersonPaused, mentee)
    scenario.rounds()
    assert scenario.match(match.id).end_cause == "withdrawn"
    assert scenario.live(mentee) is None
    scenario.forward(days=3)
    scenario.receive(profiles.PersonResumed, mentee)
    assert scenario.asked(mentee).waiting_since == match.waiting_since


def test_a_pause_with_an_end_ends_by_itself(scenario: Scenario) -> None:
    mentor = scenario.mentor()
    scenario.receive(profiles.PersonPaused, mentor, until=scenario.clock.now() + timedelta(days=2))
    mentee = scenario.mentee()
    scenario.rounds()
    assert scenario.live(mentee) is None
    scenario.forward(days=2)
    assert end_due_breaks(scenario.database) == 1
    assert scenario.asked(mentee).mentor_id == mentor


def test_a_mentor_who_pauses_keeps_those_they_accompany(scenario: Scenario) -> None:
    mentor = scenario.mentor(capacity=2)
    kept, waiting = scenario.mentee("kept"), scenario.mentee("waiting")
    for mentee in (kept, waiting):
        scenario.asked(mentee)
    accepted = scenario.live(kept)
    assert accepted is not None
    accept_match(scenario.database, scenario.terms, person(mentor), accepted.id)
    scenario.receive(profiles.PersonPaused, mentor)
    assert scenario.match(accepted.id).state == "accepted"
    assert scenario.live(waiting) is None
    assert scenario.places(mentor) == (1, 2)


def test_live_matches_end_when_a_person_leaves(scenario: Scenario) -> None:
    scenario.mentor("mentor-a"), scenario.mentor("mentor-b")
    mentee = scenario.mentee()
    match = scenario.asked(mentee)
    accept_match(scenario.database, scenario.terms, person("mentor-a"), match.id)
    confirm_match(scenario.database, person(mentee), match.id)
    scenario.receive(profiles.PersonLeft, "mentor-a")
    assert [(event.cause, event.was) for event in scenario.published(MatchEnded)] == [("withdrawn", "active")]
    assert scenario.asked(mentee).mentor_id == "mentor-b"


def test_fewer_places_take_back_the_newest_offers_only(scenario: Scenario) -> None:
    mentor = scenario.mentor(capacity=3)
    mentees = []
    for _ in range(3):
        mentees.append(scenario.mentee())
        scenario.asked(mentees[-1])
    first = scenario.live(mentees[0])
    assert first is not None
    accept_match(scenario.database, scenario.terms, person(mentor), first.id)
    scenario.change(mentor, "mentor", capacity=1)
    scenario.rounds()
    assert [scenario.live(mentee) is not None for mentee in mentees] == [True, False, False]
    assert scenario.places(mentor) == (1, 1)


def test_fewer_places_than_people_accompanied_ends_nobody(scenario: Scenario) -> None:
    mentor = scenario.mentor(capacity=2)
    pairs = [scenario.asked(scenario.mentee()) for _ in range(2)]
    for match in pairs:
        accept_match(scenario.database, scenario.terms, person(mentor), match.id)
    scenario.change(mentor, "mentor", capacity=0)
    scenario.mentee()
    scenario.rounds()
    assert scenario.places(mentor) == (2, 0)
    scenario.receive(profiles.PersonLeft, pairs[0].mentee_id)
    assert scenario.places(mentor) == (1, 0)


def test_a_mentor_no_longer_cleared_does_not_go_on_with_a_minor(scenario: Scenario) -> None:
    mentor = scenario.mentor(cleared_for_minors=True)
    mentee = scenario.mentee(minor=True)
    match = scenario.asked(mentee)
    accept_match(scenario.database, scenario.terms, person(mentor), match.id)
    scenario.change(mentor, "mentor", cleared_for_minors=False)
    assert scenario.match(match.id).end_cause == "safeguarding"


def test_a_mentee_who_turns_out_to_be_a_minor_does_not_go_on_with_a_mentor_who_is_not_cleared(
    scenario: Scenario,
) -> None:
    scenario.mentor("mentor-a")
    mentee = scenario.mentee()
    match = scenario.asked(mentee)
    accept_match(scenario.database, scenario.terms, person("mentor-a"), match.id)
    scenario.change(mentee, "mentee", minor=True)
    assert scenario.match(match.id).end_cause == "safeguarding"
    assert scenario.places("mentor-a") == (0, 1)


def test_an_event_with_expired_training_withdraws_the_offer(scenario: Scenario) -> None:
    mentor, mentee = scenario.mentor(), scenario.mentee()
    match = scenario.asked(mentee)
    scenario.change(mentor, "mentor", trained_until=date(2030, 1, 1))
    assert scenario.match(match.id).end_cause == "withdrawn"


def test_a_new_database_requests_one_replay_of_people(scenario: Scenario) -> None:
    assert [request_people(scenario.database, PROGRAMME) for _ in range(3)] == [True, False, False]
    assert [event.asked_by for event in scenario.published(PeopleWanted)] == ["matcher"]


def test_an_operator_requests_people_again(scenario: Scenario) -> None:
    request_people(scenario.database, PROGRAMME)
    request_people_again(scenario.database, PROGRAMME, by="operator", reason="restored")
    first, second = scenario.published(PeopleWanted)
    assert first.request_id != second.request_id
    assert not request_people(scenario.database, PROGRAMME)


def test_a_replay_of_people_changes_nothing(scenario: Scenario) -> None:
    mentor, mentee = scenario.mentor(), scenario.mentee()
    match = scenario.asked(mentee)
    told = len(scenario.database.published())
    for who in (mentor, mentee):
        scenario.receive(
            profiles.PersonChanged, who, version=scenario.versions[who], locale="en", **scenario.facts[who]
        )
    scenario.rounds()
    assert scenario.live(mentee) == match
    assert len(scenario.database.published()) == told
