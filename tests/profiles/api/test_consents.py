"""Consent is a ledger: what stands is the last word, and leaving the pool is one word away."""

from services.events.profiles import ContactChanged, PersonChanged, PersonLeft
from tests.profiles.app_harness import Somebody, Stage, mentee_body


def answer(stage: Stage, somebody: Somebody, purpose: str, given: bool) -> dict[str, object]:
    path = f"/profiles/v1/people/{somebody.id}/consents"
    found = stage.ask("POST", path, by=somebody, json={"purpose": purpose, "given": given})
    assert found.status_code == 200, found.json
    return dict(found.json or {})


def test_withdrawing_consent_to_matching_leaves_the_pool(stage: Stage) -> None:
    mentee = stage.mentee()
    stage.clock.forward(stage.resources.rules.link_life)
    ledger = answer(stage, mentee, "matching", False)
    assert ledger["standing"] == []
    assert [(item["purpose"], item["given"]) for item in ledger["items"]] == [  # type: ignore[attr-defined]
        ("matching", True),
        ("matching", False),
    ]
    assert [event.version for event in stage.told(PersonLeft)] == [3]
    assert stage.person(mentee)["state"] == "left"


def test_whoever_left_tells_nothing_and_may_come_back(stage: Stage) -> None:
    mentee = stage.mentee()
    answer(stage, mentee, "matching", False)
    stage.change(mentee, {"mentee": {"goals": ["social"]}})
    assert stage.told(PersonChanged) == []
    path = f"/profiles/v1/people/{mentee.id}"
    assert stage.ask("POST", f"{path}/pause", by=mentee, json={}).status_code == 409
    answer(stage, mentee, "matching", True)
    (back,) = stage.told(PersonChanged)
    assert back.mentee.goals == ("social",)
    assert back.version == max(event.version for event in stage.told(about=mentee.id))
    assert stage.person(mentee)["state"] == "active"


def test_consent_to_messages_reaches_those_who_write_them(stage: Stage) -> None:
    mentee = stage.mentee(consents=["matching", "messages"])
    assert stage.told(ContactChanged)[-1].messages_consent
    answer(stage, mentee, "messages", False)
    assert not stage.told(ContactChanged)[-1].messages_consent
    assert stage.told(PersonLeft) == []


def test_an_answer_that_stands_is_not_written_again(stage: Stage) -> None:
    mentee = stage.mentee()
    before = len(stage.told())
    assert len(answer(stage, mentee, "matching", True)["items"]) == 1  # type: ignore[arg-type]
    assert len(stage.told()) == before


def test_unknown_purposes_and_half_answers_are_refused(stage: Stage) -> None:
    mentee = stage.mentee()
    path = f"/profiles/v1/people/{mentee.id}/consents"
    for body in (
        {"purpose": "selling", "given": True},
        {"purpose": "research", "given": "yes"},
        {"purpose": "research"},
    ):
        assert stage.ask("POST", path, by=mentee, json=body).status_code == 422


def test_signing_up_for_a_second_role_comes_back_too(stage: Stage) -> None:
    mentor = stage.mentor()
    answer(stage, mentor, "matching", False)
    body = mentee_body(contact={"email": mentor.email})
    assert stage.ask("POST", "/profiles/v1/mentees", by=mentor, json=body).status_code == 201
    assert stage.person(mentor)["state"] == "active"
