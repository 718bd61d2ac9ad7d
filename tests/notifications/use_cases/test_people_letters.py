"""Whoever signs up, applies, is approved or asks for a link hears of it, in their language and at their pace."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.chassis.storage.database import open_engine
from services.events import matcher, profiles
from services.notifications.domain.preferences import Preferences
from services.notifications.domain.quiet import read_quiet_hours
from services.notifications.use_cases.change_preferences import change_preferences, unsubscribe
from services.notifications.use_cases.request_people import request_people
from tests.notifications.matches import proposed, reminder
from tests.notifications.memory_store import NOON, PROGRAMME, House, changed, contact, open_database, registered


def waiting(person_id: str = "mentee") -> matcher.WaitAtRisk:
    return matcher.WaitAtRisk(
        mentee_id=person_id, programme_id=PROGRAMME, waiting_since=NOON, lane="general", cause="shortage"
    )


def sign_in(house: House, request_id: str = "q1") -> profiles.SignInAsked:
    return profiles.SignInAsked(
        person_id="mentee",
        programme_id=PROGRAMME,
        request_id=request_id,
        expires_at=house.clock.time + timedelta(minutes=30),
    )


def test_a_new_mentee_is_told_what_happens_next(house: House) -> None:
    house.hear(registered("mentee"), contact("mentee", name="Robin"))
    (letter,) = house.work()
    assert letter.subject == "You are in: what happens next"
    assert letter.text.startswith("Hello Robin,\n")
    assert "emergency number" in letter.text


def test_a_mentor_is_thanked_first_and_welcomed_on_approval(house: House) -> None:
    house.hear(registered("mentor", mentor=True), contact("mentor"))
    assert [letter.subject for letter in house.work()] == ["Thank you for offering your time"]
    house.hear(changed("mentor", version=2))
    assert [letter.subject for letter in house.work()] == ["Welcome as a mentor"]
    house.hear(changed("mentor", version=3))
    assert house.work() == []


def test_whoever_is_told_again_gets_no_mail_again(house: House) -> None:
    house.hear(contact("mentor"), changed("mentor", version=7))
    assert house.work() == []


def test_an_older_version_never_overwrites_a_newer_one(house: House) -> None:
    house.hear(contact("mentee", version=3, email="new@example.org", locale="fr"))
    house.hear(contact("mentee", version=2, email="old@example.org", locale="es"))
    house.hear(registered("mentee", version=1, locale="ar"))
    (letter,) = house.work()
    assert (letter.address, letter.locale) == ("new@example.org", "fr")


def test_a_sign_in_link_comes_at_any_hour_and_without_consent_to_messages(tmp_path: Path) -> None:
    engine = open_engine(open_database(tmp_path))
    house = House(engine, quiet=read_quiet_hours("00:00-23:59"))
    house.hear(contact("mentee", messages_consent=False), sign_in(house))
    (letter,) = house.work()
    assert letter.subject == "Your link to sign in"
    engine.dispose()


def test_two_requests_for_a_link_are_two_mails(house: House) -> None:
    house.hear(contact("mentee"), sign_in(house, "q1"), sign_in(house, "q2"), sign_in(house, "q2"))
    assert len(house.work()) == 2


def test_whoever_did_not_agree_to_messages_gets_none(house: House) -> None:
    house.hear(registered("mentee"), contact("mentee", messages_consent=False))
    assert house.work() == []
    assert house.states() == {"welcome": "unwanted"}


def test_whoever_left_gets_only_what_they_ask_for(house: House) -> None:
    house.hear(registered("mentee"), contact("mentee"))
    house.hear(profiles.PersonLeft(person_id="mentee", programme_id=PROGRAMME, version=2), sign_in(house))
    assert [letter.subject for letter in house.work()] == ["Your link to sign in"]


def test_unsubscribing_stops_the_helpful_and_keeps_the_needed(house: House) -> None:
    house.hear(contact("mentor"), contact("mentee"), proposed())
    unsubscribe(house.uow, "mentor")
    unsubscribe(house.uow, "mentor")
    unsubscribe(house.uow, "nobody")
    assert len(house.work()) == 1
    house.hear(reminder())
    assert house.work() == []
    assert house.states()["proposal_reminder"] == "unwanted"


def test_news_of_a_long_wait_come_once_a_week_at_most(house: House) -> None:
    house.hear(contact("mentee"), waiting(), waiting())
    assert [letter.subject for letter in house.work()] == ["You are not forgotten"]
    house.clock.forward(timedelta(days=7))
    house.hear(waiting())
    assert len(house.work()) == 1


def test_quiet_hours_are_kept_by_the_reader_s_own_clock(tmp_path: Path) -> None:
    engine = open_engine(open_database(tmp_path))
    house = House(engine, quiet=read_quiet_hours("21:00-08:00"))  # it is noon in UTC, nine in the evening in Tokyo
    house.hear(contact("mentor", time_zone="Asia/Tokyo"), proposed())
    assert house.work() == []
    assert house.later(hours=10, minutes=59) == []
    assert len(house.later(minutes=2)) == 1
    engine.dispose()


def test_whoever_likes_it_once_a_day_gets_the_helpful_at_nine(house: House) -> None:
    house.hear(contact("mentee"))
    change_preferences(house.uow, Preferences(person_id="mentee", version=1, pace="once_a_day"), by="person:mentee")
    house.hear(waiting())
    assert house.work() == []
    assert house.later(hours=20, minutes=59) == []
    assert len(house.later(minutes=2)) == 1


def test_a_new_database_asks_for_everybody_exactly_once(house: House) -> None:
    assert [request_people(house.uow, PROGRAMME) for _ in range(3)] == [True, False, False]
    assert [type(event).__name__ for event in house.told()] == ["PeopleWanted"]


@pytest.mark.parametrize("zone", ["Nowhere/Land", "", "../etc/passwd"])
def test_a_time_zone_nobody_knows_counts_as_utc(house: House, zone: str) -> None:
    house.hear(contact("mentor", time_zone=zone), proposed())
    (letter,) = house.work()
    assert "12:00 (UTC)" in letter.text
