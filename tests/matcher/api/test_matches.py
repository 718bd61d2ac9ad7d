"""Matches over HTTP: who sees what, and what each answer leads to."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from services.chassis.storage.tables import TABLES
from services.matcher.domain.match import Match
from tests.matcher.app_harness import ADMIN, Stage
from tests.matcher.scenario import PROGRAMME, spoken


@pytest.fixture
def match(stage: Stage) -> Match:
    stage.mentor("mentor", languages=spoken("es"))
    stage.mentor("other-mentor", languages=spoken("cy"))
    stage.mentee("other-mentee", languages=spoken("cy"))
    return stage.asked(stage.mentee("mentee", languages=spoken("es")))


def test_a_match_from_offer_to_end(stage: Stage, match: Match) -> None:
    path = f"/matcher/v1/matches/{match.id}"
    accepted = stage.post(f"{path}/accept", "mentor")
    assert (accepted.status_code, accepted.json["state"], accepted.json["awaits"]) == (200, "accepted", "mentee")
    assert accepted.headers["ETag"] == '"2"'
    confirmed = stage.post(f"{path}/confirm", "mentee")
    assert (confirmed.status_code, confirmed.json["state"]) == (200, "active")
    ended = stage.post(f"{path}/end", "mentor", json={"cause": "completed"})
    assert (ended.status_code, ended.json["state"], ended.json["end_cause"]) == (200, "ended", "completed")


def test_each_sees_their_own_and_an_admin_sees_all(stage: Stage, match: Match) -> None:
    def ids(by: str, query: str = "?mine=true") -> list[str]:
        return [item["id"] for item in stage.get(f"/matcher/v1/matches{query}", by)["items"]]

    assert ids("mentor") == ids("mentee") == [match.id]
    assert match.id not in ids("other-mentor") + ids("other-mentee")
    assert len(ids(ADMIN, "")) == 2
    assert ids(ADMIN, "?state=accepted") == []
    assert ids("stranger") == []


def test_only_an_admin_reads_how_a_match_was_declined(stage: Stage, match: Match) -> None:
    path = f"/matcher/v1/matches/{match.id}"
    answer = stage.post(f"{path}/decline", "mentor", json={"reason": "language", "note": "only a little"})
    assert (answer.status_code, answer.json["state"]) == (200, "ended")
    assert "decline_reason" not in answer.json
    assert stage.get(path, ADMIN)["decline_reason"] == "language"
    assert stage.get(f"{path}/note", ADMIN)["note"] == "only a little"
    assert stage.ask("GET", f"{path}/note", "mentor").status_code in (403, 404)
    assert stage.ask("GET", path, "mentee").status_code == 404


def test_a_concern_is_not_shown_to_the_two(stage: Stage, match: Match) -> None:
    path = f"/matcher/v1/matches/{match.id}"
    assert stage.post(f"{path}/end", ADMIN, json={"cause": "safeguarding", "reason": "told us"}).status_code == 200
    assert stage.get(path, "mentor")["end_cause"] == "withdrawn"
    assert stage.get(path, ADMIN)["end_cause"] == "safeguarding"


@pytest.mark.parametrize(
    ("method", "tail"),
    [
        ("GET", ""),
        ("GET", "/explanation"),
        ("POST", "/accept"),
        ("POST", "/decline"),
        ("POST", "/confirm"),
        ("POST", "/not-the-fit"),
        ("POST", "/end"),
    ],
)
def test_foreign_and_unknown_are_the_same_404(stage: Stage, match: Match, method: str, tail: str) -> None:
    foreign = stage.ask(method, f"/matcher/v1/matches/{match.id}{tail}", "other-mentor")
    unknown = stage.ask(method, f"/matcher/v1/matches/no-such-match{tail}", "other-mentor")
    assert foreign.status_code == unknown.status_code == 404
    assert {**foreign.json, "request_id": ""} == {**unknown.json, "request_id": ""}
    assert foreign.content_type == "application/problem+json"
    assert stage.ask(method, f"/matcher/v1/matches/{match.id}{tail}").status_code == 401
    assert stage.match(match.id).state == "proposed"


def test_a_late_or_repeated_answer_gets_the_current_state(stage: Stage, match: Match) -> None:
    path = f"/matcher/v1/matches/{match.id}"
    stage.post(f"{path}/accept", "mentor")
    again = stage.post(f"{path}/accept", "mentor")
    assert (again.status_code, again.json["now"]["state"]) == (409, "accepted")
    stage.forward(hours=72)
    late = stage.post(f"{path}/confirm", "mentee")
    assert (late.status_code, late.json["code"], late.json["now"]["end_cause"]) == (409, "answer_too_late", "expired")


def test_the_same_wish_sent_twice_takes_effect_once(stage: Stage, match: Match) -> None:
    path, key = f"/matcher/v1/matches/{match.id}/decline", {"Idempotency-Key": "a-fresh-key-0001"}
    first = stage.post(path, "mentor", json={"reason": "language"}, headers=key)
    again = stage.post(path, "mentor", json={"reason": "language"}, headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.data == first.data
    assert again.headers["Idempotent-Replayed"] == "true"
    other = stage.post(path, "mentor", json={"reason": "no_time_now"}, headers=key)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "langage"}, "reason"),
        ({"reason": 7}, "reason"),
        ({"note": "x" * 501}, "note"),
        ({"because": "x"}, "because"),
    ],
)
def test_a_decline_that_cannot_be_read_changes_nothing(
    stage: Stage, match: Match, body: dict[str, object], field: str
) -> None:
    answer = stage.post(f"/matcher/v1/matches/{match.id}/decline", "mentor", json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert stage.match(match.id).state == "proposed"


def test_an_unknown_reason_is_answered_with_the_nearest(stage: Stage, match: Match) -> None:
    answer = stage.post(f"/matcher/v1/matches/{match.id}/decline", "mentor", json={"reason": "langage"})
    assert answer.json["errors"][0]["nearest"][0] == "language"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": "{", "content_type": "application/json"}, 400),
        ({"data": "reason=language", "content_type": "text/plain"}, 415),
        ({"data": '{"note": "' + "x" * 70_000 + '"}', "content_type": "application/json"}, 413),
        ({"data": "[" * 30 + "]" * 30, "content_type": "application/json"}, 400),
        ({"data": '["reason"]', "content_type": "application/json"}, 422),
    ],
)
def test_bodies_that_are_no_answer(stage: Stage, match: Match, sent: dict[str, str], status: int) -> None:
    answer = stage.ask("POST", f"/matcher/v1/matches/{match.id}/decline", "mentor", **sent)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert stage.match(match.id).state == "proposed"


def test_pages_of_a_list_hold_while_rows_come(stage: Stage) -> None:
    stage.mentor("mentor", capacity=9)
    for _ in range(5):
        stage.asked(stage.mentee())
    first = stage.get("/matcher/v1/matches?limit=2", "mentor")
    stage.asked(stage.mentee())
    seen = [item["id"] for item in first["items"]]
    page = first
    while page["next"]:
        page = stage.get(f"/matcher/v1/matches?limit=2&cursor={page['next']}", "mentor")
        seen += [item["id"] for item in page["items"]]
    assert len(seen) == len(set(seen)) == 5
    assert stage.ask("GET", "/matcher/v1/matches?cursor=made-up", "mentor").status_code == 422
    assert stage.ask("GET", "/matcher/v1/matches?limit=0", "mentor").status_code == 422
    assert stage.ask("GET", "/matcher/v1/matches?state=asleep", "mentor").status_code == 422
    assert stage.ask("GET", "/matcher/v1/matches?limt=2", "mentor").status_code == 422


def test_what_staff_read_of_peoples_reasons_is_in_the_audit_and_what_people_read_is_not(
    stage: Stage, match: Match
) -> None:
    paths = {
        "read_matches": "matches",
        "read_match": f"matches/{match.id}",
        "read_explanation": f"matches/{match.id}/explanation",
        "read_why_unmatched": "mentees/mentee/why-unmatched",
    }
    for path in paths.values():
        stage.get(f"/matcher/v1/{path}", "mentee")
    assert audited(stage) == []
    for path in paths.values():
        stage.get(f"/matcher/v1/{path}", ADMIN)
    subjects = [PROGRAMME, match.id, match.id, "mentee"]
    by = "staff:cairn:staff-1"
    assert audited(stage) == [(action, subject, by) for action, subject in zip(paths, subjects, strict=True)]
    stage.get("/matcher/v1/waiting", ADMIN), stage.get("/matcher/v1/board", ADMIN)
    assert [row[0] for row in audited(stage)[4:]] == ["read_waiting", "read_board"]


def test_a_refused_read_is_not_audited(stage: Stage, match: Match) -> None:
    for path in ("matches/none", "matches/none/explanation", "mentees/none/why-unmatched"):
        assert stage.ask("GET", f"/matcher/v1/{path}", ADMIN).status_code == 404
    assert stage.ask("GET", f"/matcher/v1/matches/{match.id}", "other-mentor").status_code == 404
    assert audited(stage) == []


def test_the_audit_records_which_matches_a_list_showed(stage: Stage, match: Match) -> None:
    (shown,) = stage.get("/matcher/v1/matches?limit=1", ADMIN)["items"]
    with stage.parts.engine.connect() as connection:
        detail = json.loads(str(connection.scalar(sa.select(TABLES.audit.c.detail))))
    assert detail == {"matches": [shown["id"]]}, "not the one that only tells of a next page"


def audited(stage: Stage) -> list[tuple[str, str, str]]:
    kept = TABLES.audit.c
    with stage.parts.engine.connect() as connection:
        rows = connection.execute(sa.select(kept.action, kept.subject, kept.by).order_by(kept.seq))
        return [(row.action, row.subject, row.by) for row in rows]


def test_why_in_words_for_people_and_in_numbers_for_an_admin(stage: Stage, match: Match) -> None:
    path = f"/matcher/v1/matches/{match.id}/explanation"
    explanation = stage.get(path, "mentor")
    assert [(part["criterion"], part["shared"], part["band"]) for part in explanation["parts"]] == [
        ("language", ["Spanish"], "strong")
    ]
    assert "score" not in explanation
    assert all("score" not in part and "weight" not in part for part in explanation["parts"])
    admin = stage.get(path, ADMIN)
    assert admin["score"] == 58
    assert {part["criterion"]: (part["score"], part["weight"]) for part in admin["parts"]} == {
        "language": (90, 600),
        "style": (10, 400),
    }
    in_spanish = stage.ask("GET", path, ADMIN, headers={"Accept-Language": "es"}).json
    assert [part["label"] for part in in_spanish["parts"]] == ["Idioma", "Estilo"], "also what has nothing to say"
