"""Being forgotten: here at once, elsewhere as each service confirms, and for good."""

from pathlib import Path

from services.events.matcher import MatchAccepted, MatcherForgot
from services.events.notifications import NotificationsForgot
from services.events.profiles import PersonErased, PersonRegistered
from services.profiles.api.examples import MENTEE
from tests.profiles.app_harness import Somebody, Stage, mentee_body


def erase(stage: Stage, somebody: Somebody) -> None:
    answer = stage.ask("DELETE", f"/profiles/v1/people/{somebody.id}", by=somebody)
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/profiles/v1/people/{somebody.id}/erasure"


def status(stage: Stage, somebody: Somebody) -> dict[str, object]:
    return dict(stage.ask("GET", f"/profiles/v1/people/{somebody.id}/erasure", by=somebody).json or {})


def forgot(kind: type[MatcherForgot | NotificationsForgot], somebody: Somebody) -> MatcherForgot | NotificationsForgot:
    return kind(person_id=somebody.id, programme_id="cairn", version=3)


def test_every_personal_row_is_gone_at_once(stage: Stage) -> None:
    mentee, mentor = stage.mentee(), stage.mentor()
    stage.ask("POST", "/profiles/v1/sign-in-links", json={"email": mentee.email})
    stage.hear(
        MatchAccepted(
            match_id="m1",
            programme_id="cairn",
            mentee_id=mentee.id,
            mentor_id=mentor.id,
            confirm_by=stage.clock.now(),
        )
    )
    assert len(stage.rows("introductions")) == 1
    erase(stage, mentee)
    for table in ("consents", "sign_in_links"):
        assert mentee.id not in {row["person_id"] for row in stage.rows(table)}, table
    assert [row["id"] for row in stage.rows("people")] == [mentor.id]
    assert stage.rows("introductions") == []
    (tombstone,) = stage.rows("tombstones")
    assert (tombstone["person_id"], tombstone["version"]) == (mentee.id, 3)
    assert [event.version for event in stage.told(PersonErased)] == [3]


def test_every_service_confirms(stage: Stage) -> None:
    mentee = stage.mentee()
    erase(stage, mentee)
    assert status(stage, mentee)["waiting_for"] == ["matcher", "notifications"]
    stage.hear(forgot(MatcherForgot, mentee))
    stage.hear(forgot(MatcherForgot, mentee))
    assert (status(stage, mentee)["status"], status(stage, mentee)["waiting_for"]) == ("under_way", ["notifications"])
    stage.hear(forgot(NotificationsForgot, mentee))
    done = status(stage, mentee)
    assert done["status"] == "complete"
    assert set(done["confirmed_by"]) == {"matcher", "notifications"}  # type: ignore[call-overload]


def test_the_erased_are_unknown_to_everybody(stage: Stage) -> None:
    mentee = stage.mentee()
    erase(stage, mentee)
    for path in ("", "/export", "/consents"):
        assert stage.ask("GET", f"/profiles/v1/people/{mentee.id}{path}", by=mentee).status_code == 404
    assert stage.ask("GET", f"/profiles/v1/people/{mentee.id}", by=stage.admin).status_code == 404
    stage.ask("POST", "/profiles/v1/sign-in-links", json={"email": mentee.email})
    assert stage.rows("sign_in_links") == []


def test_asking_again_changes_nothing(stage: Stage) -> None:
    mentee = stage.mentee()
    erase(stage, mentee)
    erase(stage, mentee)
    assert len(stage.told(PersonErased)) == 1
    assert len(stage.rows("tombstones")) == 1


def test_an_address_may_begin_anew_as_somebody_else(stage: Stage) -> None:
    mentee = stage.mentee()
    erase(stage, mentee)
    again = stage.ask("POST", "/profiles/v1/mentees", json=mentee_body(contact={"email": mentee.email}))
    assert again.status_code == 201
    assert (again.json or {})["id"] != mentee.id
    old_token = stage.ask("POST", "/profiles/v1/mentees", by=mentee, json=mentee_body())
    assert old_token.status_code == 409
    assert len(stage.told(PersonRegistered)) == 2


def test_an_admins_erasure_is_recorded(stage: Stage) -> None:
    mentee = stage.mentee()
    assert stage.ask("DELETE", f"/profiles/v1/people/{mentee.id}", by=stage.admin).status_code == 202
    assert [row["action"] for row in stage.rows("audit")] == ["person.erased"]


def test_a_receipt_for_somebody_unknown_is_passed_over(stage: Stage) -> None:
    somebody = stage.mentee()
    stage.hear(forgot(MatcherForgot, somebody))
    assert stage.rows("tombstones") == []


def test_no_personal_word_lies_open_in_the_database_or_is_told(stage: Stage, capfd: object) -> None:
    marked = MENTEE | {
        "preferred_name": "Canaryname",
        "pronouns": "canary/them",
        "contact": {"email": "canary@canary-mail.example", "phone": "+44 20 7946 0018"},
        "own_words": "Canarywords of mine",
        "referral_code": "CANARY-77",
    }
    answer = stage.ask("POST", "/profiles/v1/mentees", json=marked, headers={"Idempotency-Key": "canary-key-1"})
    assert answer.status_code == 201
    stage.ask("POST", "/profiles/v1/sign-in-links", json={"email": "canary@canary-mail.example"})
    file = Path(stage.settings.database_url.removeprefix("sqlite:///"))
    kept = b"".join(path.read_bytes() for path in file.parent.glob(file.name + "*")).lower()
    written = "".join(capfd.readouterr()).lower()  # type: ignore[attr-defined]
    for marker in ("canary", "442079460018"):
        assert marker.encode() not in kept
        assert marker not in written
        assert not [event for event in stage.told() if marker in repr(event).lower()]
