"""API keys have a name, few permissions, an end and a last use; they are shown once and can be revoked."""

from datetime import timedelta
from typing import Any

from services.events.profiles import SessionsEnded
from tests.profiles.app_harness import Stage
from tests.support.tokens import staff_token

KEYS = "/profiles/v1/api-keys"


def create(stage: Stage, *permissions: str, by: str | None = None, **more: Any) -> Any:
    body = {"name": "Clinic portal", "permissions": list(permissions)} | more
    return stage.ask("POST", KEYS, by=by or stage.admin, json=body)


def exchange(stage: Stage, text: str) -> Any:
    return stage.ask("POST", "/profiles/v1/tokens", json={"api_key": text})


def test_a_key_opens_what_its_permissions_say_and_nothing_else(stage: Stage) -> None:
    mentee = stage.mentee()
    text = create(stage, "people:read").json["api_key"]
    token = exchange(stage, text).json["access_token"]
    assert stage.ask("GET", f"/profiles/v1/people/{mentee.id}", by=token).status_code == 200
    assert stage.ask("DELETE", f"/profiles/v1/people/{mentee.id}", by=token).status_code == 403
    assert stage.ask("GET", KEYS, by=token).status_code == 403
    assert stage.ask("GET", "/profiles/v1/sessions", by=token).status_code == 403


def test_what_a_key_does_is_in_the_audit_under_its_id(stage: Stage) -> None:
    mentee = stage.mentee()
    made = create(stage, "people:read", reason="for the portal").json
    token = exchange(stage, made["api_key"]).json["access_token"]
    stage.ask("GET", f"/profiles/v1/people/{mentee.id}", by=token)
    rows = [(row["action"], row["by"], row["reason"]) for row in stage.rows("audit")]
    assert rows == [
        ("key.created", "staff:cairn:staff-1", "for the portal"),
        ("person.read", f"key:cairn:{made['key']['id']}", None),
    ]


def test_a_key_is_shown_once_and_stored_as_a_hash(stage: Stage) -> None:
    text = create(stage, "sign-up").json["api_key"]
    secret = text.split(".")[1]
    assert secret not in repr(stage.rows("api_keys"))
    listed = stage.ask("GET", KEYS, by=stage.admin).text
    assert secret not in listed


def test_the_list_shows_the_last_use(stage: Stage) -> None:
    text = create(stage, "sign-up").json["api_key"]

    def last_use() -> Any:
        return (stage.ask("GET", KEYS, by=stage.admin).json or {})["items"][0]["last_used_at"]

    assert last_use() is None
    exchange(stage, text)
    assert last_use() is not None


def test_nobody_gives_a_key_permissions_that_they_lack(stage: Stage) -> None:
    by = staff_token("keys:manage", clock=stage.clock)
    answer = create(stage, "people:read", by=by)
    assert (answer.status_code, answer.json["code"]) == (403, "beyond_your_own")
    assert create(stage, "keys:manage", by=by).status_code == 201


def test_a_revoked_key_and_its_tokens_open_nothing(stage: Stage) -> None:
    made = create(stage, "people:read").json
    token = exchange(stage, made["api_key"]).json["access_token"]
    path = f"{KEYS}/{made['key']['id']}"
    assert stage.ask("DELETE", path, by=stage.admin).status_code == 204
    assert stage.ask("DELETE", path, by=stage.admin).status_code == 204
    assert exchange(stage, made["api_key"]).status_code == 401
    assert stage.ask("GET", "/profiles/v1/mentors", by=token).status_code == 401
    assert [event.session_ids for event in stage.published(SessionsEnded)] == [(made["key"]["id"],)]


def test_wrong_unknown_and_expired_keys_look_alike(stage: Stage) -> None:
    text = create(stage, "people:read", days=1).json["api_key"]
    answers = [exchange(stage, wrong) for wrong in (text[:-1], "cairn_nothing.secret", "x", text.replace("cairn_", ""))]
    stage.clock.forward(timedelta(days=1, seconds=1))
    answers.append(exchange(stage, text))
    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(401, "key_not_valid")}


def test_a_token_does_not_outlive_its_key(stage: Stage) -> None:
    text = create(stage, "people:read", days=1).json["api_key"]
    stage.clock.forward(timedelta(hours=23, minutes=55))
    token = exchange(stage, text).json["access_token"]
    assert stage.ask("GET", "/profiles/v1/mentors", by=token).status_code == 200
    stage.clock.forward(timedelta(minutes=6))
    assert stage.ask("GET", "/profiles/v1/mentors", by=token).status_code == 401


def test_bad_requests_for_keys_are_explained(stage: Stage) -> None:
    changes: tuple[dict[str, Any], ...] = (
        {"permissions": ["everything"]},
        {"permissions": []},
        {"days": 0},
        {"days": 9999},
        {"name": ""},
    )
    for change in changes:
        answer = create(stage, "sign-up", **change)
        assert (answer.status_code, answer.json["code"]) == (422, "validation"), change
    assert stage.rows("api_keys") == []


def test_a_key_that_is_not_known_cannot_be_revoked(stage: Stage) -> None:
    assert stage.ask("DELETE", f"{KEYS}/nothing", by=stage.admin).status_code == 404
