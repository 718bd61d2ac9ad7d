"""People who sign up, apply, are approved or request a link get mail, in their language and at their pace."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.chassis.storage.database import open_engine
from services.events import matcher, profiles
from services.notifications.domain.quiet import read_quiet_hours
from services.notifications.use_cases.change_preferences import change_preferences, unsubscribe
from services.notifications.use_cases.request_people import request_people
from tests.notifications.matches import proposed, reminder
from tests.notifications.memory_store import (
    NOON,
    PROGRAMME,
    ServiceHarness,
    changed,
    contact,
    open_database,
    registered,
)


def waiting(person_id: str = "mentee") -> matcher.WaitAtRisk:
    return matcher.WaitAtRisk(
        mentee_id=person_id, programme_id=PROGRAMME, waiting_since=NOON, lane="general", cause="shortage"
    )


def sign_in(service: ServiceHarness, request_id: str = "q1") -> profiles.SignInAsked:
    return profiles.SignInAsked(
        person_id="mentee",
        programme_id=PROGRAMME,
        request_id=request_id,
        expires_at=service.clock.time + timedelta(minutes=30),
    )


def test_a_new_mentee_gets_a_mail_about_what_happens_next(service: ServiceHarness) -> None:
    service.handle(registered("mentee"), contact("mentee", name="Robin"))
    (letter,) = service.run_jobs()
    assert letter.subject == "Welcome! Here's what happens next"
    assert letter.text.startswith("Hello Robin,\n")
    assert "emergency number" in letter.text


def test_a_mentor_is_thanked_first_and_welcomed_on_approval(service: ServiceHarness) -> None:
    service.handle(registered("mentor", mentor=True), contact("mentor"))
    assert [letter.subject for letter in service.run_jobs()] == ["Thank you for offering your time"]
    service.handle(changed("mentor", version=2))
    assert [letter.subject for letter in service.run_jobs()] == ["Your application is approved"]
    service.handle(changed("mentor", version=3))
    assert service.run_jobs() == []


def test_a_republished_person_gets_no_mail_again(service: ServiceHarness) -> None:
    service.handle(contact("mentor"), changed("mentor", version=7))
    assert service.run_jobs() == []


def test_an_older_version_never_overwrites_a_newer_one(service: ServiceHarness) -> None:
    service.handle(contact("mentee", version=3, email="new@example.org", locale="fr"))
    service.handle(contact("mentee", version=2, email="old@example.org", locale="es"))
    service.handle(registered("mentee", version=1, locale="ar"))
    (letter,) = service.run_jobs()
    assert (letter.address, letter.locale) == ("new@example.org", "fr")


def test_a_sign_in_link_comes_at_any_hour_and_without_consent_to_messages(tmp_path: Path) -> None:
    engine = open_engine(open_database(tmp_path))
    service = ServiceHarness(engine, quiet=read_quiet_hours("00:00-23:59"))
    service.handle(contact("mentee", messages_consent=False), sign_in(service))
    (letter,) = service.run_jobs()
    assert letter.subject == "Your sign-in link"
    engine.dispose()


def test_two_requests_for_a_link_are_two_mails(service: ServiceHarness) -> None:
    service.handle(contact("mentee"), sign_in(service, "q1"), sign_in(service, "q2"), sign_in(service, "q2"))
    assert len(service.run_jobs()) == 2


def test_a_person_without_consent_to_messages_gets_none(service: ServiceHarness) -> None:
    service.handle(registered("mentee"), contact("mentee", messages_consent=False))
    assert service.run_jobs() == []
    assert service.states() == {"welcome": "unwanted"}


def test_a_person_who_left_gets_only_requested_messages(service: ServiceHarness) -> None:
    service.handle(registered("mentee"), contact("mentee"))
    service.handle(profiles.PersonLeft(person_id="mentee", programme_id=PROGRAMME, version=2), sign_in(service))
    assert [letter.subject for letter in service.run_jobs()] == ["Your sign-in link"]


def test_unsubscribing_stops_helpful_messages_and_keeps_needed_ones(service: ServiceHarness) -> None:
    service.handle(contact("mentor"), contact("mentee"), proposed())
    unsubscribe(service.uow, "mentor")
    unsubscribe(service.uow, "mentor")
    unsubscribe(service.uow, "nobody")
    assert len(service.run_jobs()) == 1
    service.handle(reminder())
    assert service.run_jobs() == []
    assert service.states()["proposal_reminder"] == "unwanted"


def test_an_update_about_a_long_wait_is_sent_at_most_once_a_week(service: ServiceHarness) -> None:
    service.handle(contact("mentee"), waiting(), waiting())
    assert [letter.subject for letter in service.run_jobs()] == ["We're still looking for a mentor for you"]
    service.clock.forward(timedelta(days=7))
    service.handle(waiting())
    assert len(service.run_jobs()) == 1


def test_quiet_hours_are_in_the_readers_time_zone(tmp_path: Path) -> None:
    engine = open_engine(open_database(tmp_path))
    service = ServiceHarness(
        engine, quiet=read_quiet_hours("21:00-08:00")
    )  # it is noon in UTC, nine in the evening in Tokyo
    service.handle(contact("mentor", time_zone="Asia/Tokyo"), proposed())
    assert service.run_jobs() == []
    assert service.advance(hours=10, minutes=59) == []
    assert len(service.advance(minutes=2)) == 1
    engine.dispose()


def test_once_a_day_sends_helpful_messages_at_nine(service: ServiceHarness) -> None:
    service.handle(contact("mentee"))
    change_preferences(service.uow, "mentee", "cairn", {"pace": "once_a_day"}, lambda _: None, by="person:mentee")
    service.handle(waiting())
    assert service.run_jobs() == []
    assert service.advance(hours=20, minutes=59) == []
    assert len(service.advance(minutes=2)) == 1


def test_a_new_database_requests_all_people_exactly_once(service: ServiceHarness) -> None:
    assert [request_people(service.uow, PROGRAMME) for _ in range(3)] == [True, False, False]
    assert [type(event).__name__ for event in service.published()] == ["PeopleWanted"]


@pytest.mark.parametrize("zone", ["Nowhere/Land", "", "../etc/passwd"])
def test_an_unknown_time_zone_counts_as_utc(service: ServiceHarness, zone: str) -> None:
    service.handle(contact("mentor", time_zone=zone), proposed())
    (letter,) = service.run_jobs()
    assert "12:00 (UTC)" in letter.text
