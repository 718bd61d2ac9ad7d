"""Erasure: at once in profiles, in the other services as each confirms, and for good."""

from pathlib import Path

from services.events.matcher import MatchAccepted, MatcherForgot
from services.events.notifications import NotificationsForgot
from services.events.profiles import PersonErased, PersonRegistered
from services.profiles.api.examples import MENTEE
from tests.profiles.app_harness import Account, Stage, mentee_body


def erase(stage: Stage, account: Account, by: str | None = None) -> str:
    """Erase a person; return the address at which the erasure is followed."""
    answer = stage.ask("DELETE", f"/profiles/v1/people/{account.id}", by=by or account)
    assert answer.status_code == 202
    return answer.headers["Location"]


def status(stage: Stage, address: str) -> dict[str, object]:
    return dict(stage.ask("GET", address).json or {})


def receipt(kind: type[MatcherForgot | NotificationsForgot], account: Account) -> MatcherForgot | NotificationsForgot:
    return kind(person_id=account.id, programme_id="cairn", version=3)


def test_every_personal_row_is_deleted_at_once(stage: Stage) -> None:
    mentee, mentor = stage.mentee(), stage.mentor()
    stage.ask("POST", "/profiles/v1/sign-in-links", json={"email": mentee.email})
    stage.handle(
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
    assert [event.version for event in stage.published(PersonErased)] == [3]


def test_an_erasure_is_complete_once_every_service_confirmed(stage: Stage) -> None:
    mentee = stage.mentee()
    address = erase(stage, mentee)
    assert status(stage, address)["waiting_for"] == ["matcher", "notifications"]
    stage.handle(receipt(MatcherForgot, mentee))
    stage.handle(receipt(MatcherForgot, mentee))
    assert (status(stage, address)["status"], status(stage, address)["waiting_for"]) == ("under_way", ["notifications"])
    stage.handle(receipt(NotificationsForgot, mentee))
    done = status(stage, address)
    assert done == stage.ask("GET", f"/profiles/v1/people/{mentee.id}/erasure", by=stage.admin).json
    assert done["status"] == "complete"
    assert set(done["confirmed_by"]) == {"matcher", "notifications"}  # type: ignore[call-overload]


def test_an_erased_person_is_unknown_to_every_caller(stage: Stage) -> None:
    mentee = stage.mentee()
    erase(stage, mentee)
    for path in ("", "/export", "/consents"):
        assert stage.ask("GET", f"/profiles/v1/people/{mentee.id}{path}", by=mentee).status_code == 401
        assert stage.ask("GET", f"/profiles/v1/people/{mentee.id}{path}", by=stage.admin).status_code == 404
    stage.ask("POST", "/profiles/v1/sign-in-links", json={"email": mentee.email})
    assert stage.rows("sign_in_links") == []


def test_a_repeated_erasure_changes_nothing(stage: Stage) -> None:
    mentee = stage.mentee()
    assert erase(stage, mentee) == erase(stage, mentee, stage.admin)
    assert len(stage.published(PersonErased)) == 1
    assert len(stage.rows("tombstones")) == 1


def test_an_erased_address_can_sign_up_again_as_a_new_person(stage: Stage) -> None:
    mentee = stage.mentee()
    erase(stage, mentee)
    again = stage.ask("POST", "/profiles/v1/mentees", json=mentee_body(contact={"email": mentee.email}))
    assert again.status_code == 201
    assert (again.json or {})["id"] != mentee.id
    assert stage.ask("GET", "/profiles/v1/sessions", by=mentee).status_code == 401
    assert len(stage.published(PersonRegistered)) == 2


def test_an_admins_erasure_is_recorded(stage: Stage) -> None:
    mentee = stage.mentee()
    assert stage.ask("DELETE", f"/profiles/v1/people/{mentee.id}", by=stage.admin).status_code == 202
    assert [row["action"] for row in stage.rows("audit")] == ["person.erased"]


def test_a_receipt_for_an_unknown_erasure_is_ignored(stage: Stage) -> None:
    account = stage.mentee()
    stage.handle(receipt(MatcherForgot, account))
    assert stage.rows("tombstones") == []


def test_no_personal_text_is_unsealed_in_the_database_logs_or_events(stage: Stage, capfd: object) -> None:
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
        assert not [event for event in stage.published() if marker in repr(event).lower()]
