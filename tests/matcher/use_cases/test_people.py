"""People come, change, pause, leave; the pool follows, and never goes back."""

from __future__ import annotations

from datetime import date, timedelta

from services.events import profiles
from services.events.matcher import MatchEnded
from services.events.requests import PeopleWanted
from services.matcher.use_cases.accept_match import accept_match
from services.matcher.use_cases.confirm_match import confirm_match
from services.matcher.use_cases.request_people import request_people
from services.matcher.use_cases.run_due_steps import end_due_breaks
from tests.matcher.scenario import PROGRAMME, World, person, spoken


def test_an_older_version_is_never_applied_after_a_newer_one(world: World) -> None:
    mentee = world.mentee(languages=spoken("es"))
    newest = world.facts[mentee]
    world.change(mentee, "mentee", languages=spoken("fr"))
    old = profiles.PersonRegistered
    world.hear(old, mentee, version=1, locale="en", **{**newest, "mentee": newest["mentee"]})
    with world.house.begin(read_only=True) as store:
        member = store.pool.member(mentee)
    assert member is not None
    assert member.mentee is not None
    assert [one.tag for one in member.mentee.languages] == ["fr"]
    assert member.version == 2


def test_a_changed_profile_finds_another_mentor(world: World) -> None:
    mentor = world.mentor(languages=spoken("fr"))
    mentee = world.mentee(languages=spoken("es"))
    world.rounds()
    assert world.live(mentee) is None
    world.change(mentee, "mentee", languages=spoken("fr"))
    assert world.asked(mentee).mentor_id == mentor


def test_sign_ups_at_the_same_time_share_a_round(world: World) -> None:
    world.mentor(capacity=5)
    for _ in range(5):
        world.mentee()
    world.rounds()
    with world.house.begin(read_only=True) as store:
        rounds = store.rounds.listed(PROGRAMME, after=None, limit=10)
    assert [(one.mentees, one.proposed) for one in rounds] == [(5, 5)]


def test_a_mentor_who_is_not_approved_is_not_asked(world: World) -> None:
    mentor = world.mentor(approved=False)
    mentee = world.mentee()
    world.rounds()
    assert world.live(mentee) is None
    world.change(mentor, "mentor", approved=True)
    assert world.asked(mentee).mentor_id == mentor


def test_a_pause_takes_back_an_open_offer_and_keeps_the_place_in_the_queue(world: World) -> None:
    world.mentor()
    mentee = world.mentee()
    match = world.asked(mentee)
    world.hear(profiles.PersonPaused, mentee)
    world.rounds()
    assert world.match(match.id).end_cause == "withdrawn"
    assert world.live(mentee) is None
    world.forward(days=3)
    world.hear(profiles.PersonResumed, mentee)
    assert world.asked(mentee).waiting_since == match.waiting_since


def test_a_pause_with_an_end_ends_by_itself(world: World) -> None:
    mentor = world.mentor()
    world.hear(profiles.PersonPaused, mentor, until=world.clock.now() + timedelta(days=2))
    mentee = world.mentee()
    world.rounds()
    assert world.live(mentee) is None
    world.forward(days=2)
    assert end_due_breaks(world.house) == 1
    assert world.asked(mentee).mentor_id == mentor


def test_a_mentor_who_pauses_keeps_those_they_accompany(world: World) -> None:
    mentor = world.mentor(capacity=2)
    kept, waiting = world.mentee("kept"), world.mentee("waiting")
    for mentee in (kept, waiting):
        world.asked(mentee)
    accepted = world.live(kept)
    assert accepted is not None
    accept_match(world.house, world.terms, person(mentor), accepted.id)
    world.hear(profiles.PersonPaused, mentor)
    assert world.match(accepted.id).state == "accepted"
    assert world.live(waiting) is None
    assert world.places(mentor) == (1, 2)


def test_what_somebody_had_open_ends_when_they_leave(world: World) -> None:
    world.mentor("mentor-a"), world.mentor("mentor-b")
    mentee = world.mentee()
    match = world.asked(mentee)
    accept_match(world.house, world.terms, person("mentor-a"), match.id)
    confirm_match(world.house, person(mentee), match.id)
    world.hear(profiles.PersonLeft, "mentor-a")
    assert [(event.cause, event.was) for event in world.told(MatchEnded)] == [("withdrawn", "active")]
    assert world.asked(mentee).mentor_id == "mentor-b"


def test_fewer_places_take_back_the_newest_offers_only(world: World) -> None:
    mentor = world.mentor(capacity=3)
    mentees = []
    for _ in range(3):
        mentees.append(world.mentee())
        world.asked(mentees[-1])
    first = world.live(mentees[0])
    assert first is not None
    accept_match(world.house, world.terms, person(mentor), first.id)
    world.change(mentor, "mentor", capacity=1)
    world.rounds()
    assert [world.live(mentee) is not None for mentee in mentees] == [True, False, False]
    assert world.places(mentor) == (1, 1)


def test_fewer_places_than_people_accompanied_ends_nobody(world: World) -> None:
    mentor = world.mentor(capacity=2)
    pairs = [world.asked(world.mentee()) for _ in range(2)]
    for match in pairs:
        accept_match(world.house, world.terms, person(mentor), match.id)
    world.change(mentor, "mentor", capacity=0)
    world.mentee()
    world.rounds()
    assert world.places(mentor) == (2, 0)
    world.hear(profiles.PersonLeft, pairs[0].mentee_id)
    assert world.places(mentor) == (1, 0)


def test_a_mentor_no_longer_cleared_does_not_go_on_with_a_minor(world: World) -> None:
    mentor = world.mentor(cleared_for_minors=True)
    mentee = world.mentee(minor=True)
    match = world.asked(mentee)
    accept_match(world.house, world.terms, person(mentor), match.id)
    world.change(mentor, "mentor", cleared_for_minors=False)
    assert world.match(match.id).end_cause == "safeguarding"


def test_a_mentee_who_turns_out_to_be_a_minor_does_not_go_on_with_a_mentor_who_is_not_cleared(world: World) -> None:
    world.mentor("mentor-a")
    mentee = world.mentee()
    match = world.asked(mentee)
    accept_match(world.house, world.terms, person("mentor-a"), match.id)
    world.change(mentee, "mentee", minor=True)
    assert world.match(match.id).end_cause == "safeguarding"
    assert world.places("mentor-a") == (0, 1)


def test_training_that_ran_out_takes_back_an_offer_when_we_hear_of_it(world: World) -> None:
    mentor, mentee = world.mentor(), world.mentee()
    match = world.asked(mentee)
    world.change(mentor, "mentor", trained_until=date(2030, 1, 1))
    assert world.match(match.id).end_cause == "withdrawn"


def test_a_new_database_asks_for_everybody_once(world: World) -> None:
    assert [request_people(world.house, PROGRAMME) for _ in range(3)] == [True, False, False]
    assert [event.asked_by for event in world.told(PeopleWanted)] == ["matcher"]


def test_hearing_everybody_again_changes_nothing(world: World) -> None:
    mentor, mentee = world.mentor(), world.mentee()
    match = world.asked(mentee)
    told = len(world.house.told())
    for who in (mentor, mentee):
        world.hear(profiles.PersonChanged, who, version=world.versions[who], locale="en", **world.facts[who])
    world.rounds()
    assert world.live(mentee) == match
    assert len(world.house.told()) == told
