"""The consent ledger: the last entry is in force, and withdrawing consent to matching leaves the pool."""

from services.events.profiles import ContactChanged, PersonChanged, PersonLeft
from tests.profiles.app_harness import Account, Stage, mentee_body


def answer(stage: Stage, account: Account, purpose: str, given: bool) -> dict[str, object]:
    path = f"/profiles/v1/people/{account.id}/consents"
    response = stage.ask("POST", path, by=account, json={"purpose": purpose, "given": given})
    assert response.status_code == 200, response.json
    return dict(response.json or {})


def test_withdrawing_consent_to_matching_leaves_the_pool(stage: Stage) -> None:
    mentee = stage.mentee()
    stage.clock.forward(stage.resources.rules.link_life)
    ledger = answer(stage, mentee, "matching", False)
    assert ledger["standing"] == []
    assert [(item["purpose"], item["given"]) for item in ledger["items"]] == [  # type: ignore[attr-defined]
        ("matching", True),
        ("matching", False),
    ]
    assert [event.version for event in stage.published(PersonLeft)] == [3]
    assert stage.person(mentee)["state"] == "left"


def test_a_person_who_left_publishes_nothing_until_they_return(stage: Stage) -> None:
    mentee = stage.mentee()
    answer(stage, mentee, "matching", False)
    stage.change(mentee, {"mentee": {"goals": ["social"]}})
    assert stage.published(PersonChanged) == []
    path = f"/profiles/v1/people/{mentee.id}"
    assert stage.ask("POST", f"{path}/pause", by=mentee, json={}).status_code == 409
    answer(stage, mentee, "matching", True)
    (back,) = stage.published(PersonChanged)
    assert back.mentee.goals == ("social",)
    assert back.version == max(event.version for event in stage.published(about=mentee.id))
    assert stage.person(mentee)["state"] == "active"


def test_consent_to_messages_is_published_with_the_contact(stage: Stage) -> None:
    mentee = stage.mentee(consents=["matching", "messages"])
    assert stage.published(ContactChanged)[-1].messages_consent
    answer(stage, mentee, "messages", False)
    assert not stage.published(ContactChanged)[-1].messages_consent
    assert stage.published(PersonLeft) == []


def test_an_answer_already_in_force_is_not_written_again(stage: Stage) -> None:
    mentee = stage.mentee()
    before = len(stage.published())
    assert len(answer(stage, mentee, "matching", True)["items"]) == 1  # type: ignore[arg-type]
    assert len(stage.published()) == before


def test_unknown_purposes_and_incomplete_answers_are_refused(stage: Stage) -> None:
    mentee = stage.mentee()
    path = f"/profiles/v1/people/{mentee.id}/consents"
    for body in (
        {"purpose": "selling", "given": True},
        {"purpose": "research", "given": "yes"},
        {"purpose": "research"},
    ):
        assert stage.ask("POST", path, by=mentee, json=body).status_code == 422


def test_signing_up_for_a_second_role_returns_to_the_pool(stage: Stage) -> None:
    mentor = stage.mentor()
    answer(stage, mentor, "matching", False)
    body = mentee_body(contact={"email": mentor.email})
    assert stage.ask("POST", "/profiles/v1/mentees", by=mentor, json=body).status_code == 201
    assert stage.person(mentor)["state"] == "active"
