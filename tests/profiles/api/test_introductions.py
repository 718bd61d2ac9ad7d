"""Introductions: texts first, contact only in an active match, and only for its two people."""

from datetime import timedelta
from typing import Any

import pytest

from services.chassis.core.errors import Conflict
from services.events.matcher import MatchAccepted, MatchActivated, MatchDeclined, MatchEnded, MatchExpired, Reason
from tests.profiles.app_harness import Account, Stage

REASONS = (
    Reason(criterion="language", band="strong", codes=("en",)),
    Reason(criterion="device", band="good", codes=("cgm_rt",)),
    Reason(criterion="availability", band="some"),
)


def pair(stage: Stage, **mentee: Any) -> tuple[Account, Account]:
    answers = {"preferred_name": "Sam", "own_words": "It is all new."} | mentee
    mentor = stage.mentor(own_words="I remember.", hopes="Company.", contact={"email": "kim@example.org"})
    return stage.mentee(**answers), mentor


def ids(mentee: Account, mentor: Account) -> dict[str, str]:
    return {"match_id": "m1", "programme_id": "cairn", "mentee_id": mentee.id, "mentor_id": mentor.id}


def accept(stage: Stage, mentee: Account, mentor: Account) -> None:
    confirm_by = stage.clock.now() + timedelta(hours=72)
    stage.handle(MatchAccepted(**ids(mentee, mentor), confirm_by=confirm_by, reasons=REASONS))


def activate(stage: Stage, mentee: Account, mentor: Account) -> None:
    stage.handle(MatchActivated(**ids(mentee, mentor), waited_seconds=7200))


def card(stage: Stage, by: Account, match: str = "m1") -> Any:
    return stage.ask("GET", f"/profiles/v1/introductions/{match}", by=by)


def test_a_mentee_sees_texts_and_reasons_and_no_contact(stage: Stage) -> None:
    mentee, mentor = pair(stage)
    accept(stage, mentee, mentor)
    answer = card(stage, mentee)
    assert answer.status_code == 200
    shown = answer.json
    assert (shown["display_name"], shown["own_words"], shown["hopes"]) == ("Alex", "I remember.", "Company.")
    assert (shown["stage"], shown["shown_to"], shown["contact"]) == ("accepted", "mentee", None)
    words = [reason["words"] for reason in shown["reasons"]]
    assert words[0] == "Language: English"
    assert words[2].endswith("something in common")
    assert "kim@example.org" not in answer.text
    assert stage.rows("audit") == [row for row in stage.rows("audit") if row["action"] != "contact.read"]


def test_contact_is_shown_in_an_active_match_and_each_read_is_recorded(stage: Stage) -> None:
    mentee, mentor = pair(stage)
    accept(stage, mentee, mentor)
    activate(stage, mentee, mentor)
    assert card(stage, mentee).json["contact"]["email"] == "kim@example.org"
    card(stage, mentee)
    read = [row for row in stage.rows("audit") if row["action"] == "contact.read"]
    assert [(row["subject"], row["by"]) for row in read] == [(mentor.id, f"person:cairn:{mentee.id}")] * 2
    assert all("kim" not in str(row) for row in read)


def test_a_mentor_sees_a_contact_only_with_consent(stage: Stage) -> None:
    mentee, mentor = pair(stage)
    accept(stage, mentee, mentor)
    activate(stage, mentee, mentor)
    shown = card(stage, mentor).json
    assert (shown["display_name"], shown["own_words"], shown["hopes"]) == ("Sam", "It is all new.", None)
    assert shown["contact"] is None
    path = f"/profiles/v1/people/{mentee.id}/consents"
    stage.ask("POST", path, by=mentee, json={"purpose": "contact_by_mentor", "given": True})
    assert card(stage, mentor).json["contact"]["email"] == mentee.email


@pytest.mark.parametrize("over", [MatchEnded, MatchDeclined, MatchExpired])
def test_an_ended_match_hides_the_card(stage: Stage, over: Any) -> None:
    mentee, mentor = pair(stage)
    accept(stage, mentee, mentor)
    activate(stage, mentee, mentor)
    more: dict[Any, dict[str, str]] = {
        MatchEnded: {"cause": "not_the_fit", "was": "active"},
        MatchDeclined: {"by": "mentee"},
        MatchExpired: {"waiting_for": "mentee"},
    }
    stage.handle(over(**ids(mentee, mentor), **more[over]))
    assert card(stage, mentee).status_code == card(stage, mentor).status_code == 404
    accept(stage, mentee, mentor)
    activate(stage, mentee, mentor)
    assert card(stage, mentee).status_code == 404


def test_other_people_and_admins_see_no_card(stage: Stage) -> None:
    mentee, mentor = pair(stage)
    accept(stage, mentee, mentor)
    assert card(stage, stage.mentee()).status_code == 404
    assert card(stage, mentee, match="m2").status_code == 404
    assert stage.ask("GET", "/profiles/v1/introductions/m1").status_code == 401
    assert stage.ask("GET", "/profiles/v1/introductions/m1", by=stage.admin).status_code == 403


def test_an_erased_mentor_is_not_introduced(stage: Stage) -> None:
    mentee, mentor = pair(stage)
    stage.ask("DELETE", f"/profiles/v1/people/{mentor.id}", by=mentor)
    accept(stage, mentee, mentor)
    assert stage.rows("introductions") == []
    assert card(stage, mentee).status_code == 404


def test_an_activation_without_acceptance_opens_no_contact(stage: Stage) -> None:
    mentee, mentor = pair(stage)
    with pytest.raises(Conflict):
        activate(stage, mentee, mentor)
    assert stage.rows("introductions") == stage.rows("waits") == []
    assert card(stage, mentee).status_code == 404
    accept(stage, mentee, mentor)
    assert (card(stage, mentee).json["stage"], card(stage, mentee).json["contact"]) == ("accepted", None)
    activate(stage, mentee, mentor)  # as the redrive of its dead letter does
    assert card(stage, mentee).json["contact"] is not None


def test_an_activation_for_other_people_opens_no_contact(stage: Stage) -> None:
    mentee, mentor = pair(stage)
    stranger = stage.mentee()
    accept(stage, mentee, mentor)
    with pytest.raises(Conflict):
        activate(stage, stranger, mentor)
    assert card(stage, stranger).status_code == 404
    assert card(stage, mentee).json["contact"] is None


def test_a_match_that_ended_is_not_revived_by_what_came_before(stage: Stage) -> None:
    mentee, mentor = pair(stage)
    stage.handle(MatchDeclined(**ids(mentee, mentor), by="mentor"))
    accept(stage, mentee, mentor)
    activate(stage, mentee, mentor)
    assert card(stage, mentee).status_code == card(stage, mentor).status_code == 404


def test_an_offer_that_was_declined_is_in_no_export(stage: Stage) -> None:
    mentee, mentor = pair(stage)
    stage.handle(MatchDeclined(**ids(mentee, mentor), by="mentor"))
    accept(stage, mentee, mentor)
    exported = stage.ask("GET", f"/profiles/v1/people/{mentee.id}/export", by=mentee)
    assert exported.status_code == 200
    assert mentor.id not in exported.text


def test_reasons_are_in_the_readers_language(stage: Stage) -> None:
    mentee, mentor = pair(stage, locale="fr")
    accept(stage, mentee, mentor)
    words = [reason["words"] for reason in card(stage, mentee).json["reasons"]]
    assert "anglais" in words[0]
    assert words[2].endswith("quelque chose en commun")
