"""Sign-ups of mentees, mentors, and people who are both."""

from collections.abc import Callable

import pytest

from services.events.facts import DeviceInterest, DeviceLived, Spoken, Window
from services.events.profiles import ContactChanged, PersonRegistered
from services.profiles.api.examples import MENTEE, MENTOR
from tests.profiles.app_harness import Stage, mentee_body, mentor_body


def test_a_mentee_is_welcomed_with_what_happens_next(stage: Stage) -> None:
    answer = stage.ask("POST", "/profiles/v1/mentees", json=MENTEE)
    assert answer.status_code == 201
    body = answer.json
    assert body is not None
    assert (body["role"], body["status"]) == ("mentee", "waiting")
    assert answer.headers["Location"] == f"/profiles/v1/people/{body['id']}"
    assert answer.headers["ETag"] == '"2"'
    assert body["waiting"]["range"] is None
    assert body["waiting"]["basis"]["matches"] == 0
    assert {"emergency", "care_team", "student_networks"} <= {post["code"] for post in body["signposts"]}
    assert body["next"].startswith("We're looking for a mentor")
    found = stage.ask("GET", answer.headers["Location"], by=body["access_token"])
    assert found.status_code == 200
    assert found.headers["ETag"] == '"2"'


def test_the_registered_event_has_facts_and_no_name(stage: Stage) -> None:
    person_id = (stage.ask("POST", "/profiles/v1/mentees", json=MENTEE).json or {})["id"]
    registered, contact = stage.published()
    assert isinstance(registered, PersonRegistered)
    assert isinstance(contact, ContactChanged)
    assert (registered.person_id, registered.version, contact.version) == (person_id, 1, 2)
    facts = registered.mentee
    assert facts is not None
    assert registered.mentor is None
    assert facts.waiting_since == stage.clock.now()
    assert facts.languages[0] == Spoken(tag="en", level="native")
    assert facts.availability[0] == Window(day="mon", start=18 * 60, end=20 * 60 + 30)
    assert facts.time_zone == "Europe/London"
    assert facts.devices == (DeviceInterest(device_class="cgm_rt", stage="considering", model="dexcom_g7"),)
    assert facts.never_met_a_peer
    assert not facts.only_support_is_self
    assert "Sam" not in repr(registered) + repr(contact)


def test_only_five_fields_are_required(stage: Stage) -> None:
    person = stage.person(stage.mentee(diabetes_type="unsure"))
    assert person["mentee"]["diabetes_type"] == "unsure"
    assert person["mentee"]["request_shape"] == "a_few_chats"
    assert person["preferred_name"] is None
    assert person["locale"] == "en"


def test_messages_are_in_the_best_spoken_language_that_is_supported(stage: Stage) -> None:
    languages = [{"tag": "is", "level": "native"}, {"tag": "fr-CA", "level": "fluent"}]
    account = stage.mentee(languages=languages)
    assert stage.person(account)["locale"] == "fr"
    assert account.answer["next"] != stage.mentee().answer["next"]


def test_having_only_oneself_as_support_is_published_as_a_fact(stage: Stage) -> None:
    account = stage.mentee(support=["only_myself"])
    assert stage.published(PersonRegistered)[0].mentee.only_support_is_self
    assert stage.person(account)["mentee"]["support"] == ["only_myself"]


def test_a_pregnancy_ends_by_itself(stage: Stage) -> None:
    stage.mentee(life_stages=[{"code": "pregnant"}, {"code": "student"}])
    pregnant, student = stage.published(PersonRegistered)[0].mentee.life_stages
    assert (pregnant.until - stage.clock.now().date()).days == 300
    assert student.until is None


def test_a_mentor_applies_and_waits_for_approval(stage: Stage) -> None:
    answer = stage.ask("POST", "/profiles/v1/mentors", json=MENTOR)
    assert answer.status_code == 201
    assert (answer.json or {})["status"] == "applied"
    facts = stage.published(PersonRegistered)[0].mentor
    assert not facts.approved
    assert facts.capacity == 2
    lived = DeviceLived(device_class="pump_patch", model="omnipod_dash", since="2019-06", until="2022-12")
    assert lived in facts.devices


def test_a_mentor_becomes_a_mentee_as_well(stage: Stage) -> None:
    mentor = stage.mentor()
    body = mentee_body(contact={"email": mentor.email.upper(), "phone": "+44 20 7946 0018"})
    answer = stage.ask("POST", "/profiles/v1/mentees", by=mentor, json=body)
    assert answer.status_code == 201
    assert (answer.json or {})["id"] == mentor.id
    assert stage.person(mentor)["roles"] == ["mentee", "mentor"]
    assert stage.person(mentor)["contact"] == {"email": mentor.email, "phone": "+442079460018"}
    both = stage.published(PersonRegistered)[-1]
    assert both.mentee
    assert both.mentor.approved
    versions = [event.version for event in stage.published(about=mentor.id)]
    assert versions == sorted(set(versions))


def test_a_person_takes_up_a_role_once(stage: Stage) -> None:
    mentee = stage.mentee()
    again = stage.ask("POST", "/profiles/v1/mentees", by=mentee, json=mentee_body(contact={"email": mentee.email}))
    assert again.status_code == 409
    assert (again.json or {})["code"] == "role_taken"


def test_a_second_role_needs_the_same_address(stage: Stage) -> None:
    mentee, other = stage.mentee(), stage.mentee()
    answer = stage.ask("POST", "/profiles/v1/mentors", by=mentee, json=mentor_body(contact={"email": other.email}))
    assert answer.status_code == 409
    assert (answer.json or {})["code"] == "other_address"
    assert stage.person(other)["roles"] == ["mentee"]


@pytest.mark.parametrize("spelling", [str.upper, str.title, lambda email: f" {email} "])
def test_a_known_address_gets_409_and_how_to_go_on(stage: Stage, spelling: Callable[[str], str]) -> None:
    email = stage.mentee().email
    before = stage.published()
    answer = stage.ask("POST", "/profiles/v1/mentors", json=mentor_body(contact={"email": spelling(email)}))
    assert answer.status_code == 409
    body = answer.json or {}
    assert body["code"] == "address_known"
    assert "sign-in link" in body["detail"]
    assert body["errors"][0]["field"] == "contact.email"
    assert stage.published() == before
    assert len(stage.rows("people")) == 1


def test_a_repeated_sign_up_with_the_same_key_is_one_person(stage: Stage) -> None:
    body, key = mentee_body(), {"Idempotency-Key": "first-wish-1"}
    first = stage.ask("POST", "/profiles/v1/mentees", json=body, headers=key)
    second = stage.ask("POST", "/profiles/v1/mentees", json=body, headers=key)
    assert (first.json, second.status_code) == (second.json, 201)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(stage.published(PersonRegistered)) == 1
    other = stage.ask("POST", "/profiles/v1/mentees", json=mentee_body(), headers=key)
    assert other.status_code == 422


def test_a_person_under_18_is_refused_kindly_and_not_stored(stage: Stage) -> None:
    answer = stage.ask("POST", "/profiles/v1/mentees", json=mentee_body(age_band="under_18"))
    assert answer.status_code == 403
    body = answer.json or {}
    assert body["code"] == "adults_only"
    assert "emergency number" in body["detail"]
    assert stage.rows("people") == []
    assert stage.published() == []


def test_a_youth_track_lets_minors_in_with_a_guardians_consent(opened: Callable[..., Stage]) -> None:
    stage = opened(YOUTH_TRACK="true")
    alone = stage.ask("POST", "/profiles/v1/mentees", json=mentee_body(age_band="under_18"))
    assert alone.status_code == 422
    assert (alone.json or {})["errors"][0]["nearest"] == ["guardian"]
    stage.mentee(age_band="under_18", consents=["matching", "guardian"])
    assert stage.published(PersonRegistered)[0].mentee.minor
    young_mentor = stage.ask("POST", "/profiles/v1/mentors", json=mentor_body(age_band="under_18"))
    assert young_mentor.status_code == 403


def test_too_many_sign_ups_from_one_address_are_limited(opened: Callable[..., Stage]) -> None:
    stage = opened(SIGN_UP_LIMIT="2 per hour")
    stage.mentee()
    stage.mentee()
    third = stage.ask("POST", "/profiles/v1/mentees", json=mentee_body())
    assert third.status_code == 429
    assert int(third.headers["Retry-After"]) > 0
    assert len(stage.rows("people")) == 2
