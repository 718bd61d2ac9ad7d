"""A draft of the weights over HTTP: saved, kept from being overwritten, published with a reason."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.storage.tables import TABLES
from tests.matcher.app_harness import ADMIN, Stage

PATH = "/matcher/v1/weights/draft"
BODY = {"criteria": {"device": {"mode": "soft", "weight": 77}}}


def put(stage: Stage, body: object = BODY, match: str | None = None, by: str = ADMIN) -> Any:
    headers = {"If-Match": match} if match else {}
    return stage.ask("PUT", PATH, by, json=body, headers=headers)


def audited(stage: Stage) -> list[str]:
    with stage.parts.engine.connect() as connection:
        return list(connection.scalars(sa.select(TABLES.audit.c.action).order_by(TABLES.audit.c.seq)))


def test_saved_read_published_and_gone(stage: Stage) -> None:
    assert stage.ask("GET", PATH, ADMIN).status_code == 404
    saved = put(stage)
    assert (saved.status_code, saved.headers["ETag"]) == (200, '"1"')
    assert stage.get(PATH, ADMIN) == saved.json
    assert stage.get("/matcher/v1/weights/current", ADMIN)["version"] == 1, "a draft is not in force"
    made = stage.post(f"{PATH}/publish", ADMIN, json={"reason": "more pumps"}, headers={"If-Match": '"1"'})
    assert (made.status_code, made.json["version"], made.json["reason"]) == (201, 2, "more pumps")
    assert stage.get("/matcher/v1/weights/current", ADMIN)["criteria"]["device"]["weight"] == 77
    assert stage.ask("GET", PATH, ADMIN).status_code == 404
    assert audited(stage) == ["save_weights_draft", "publish_weights"]


def test_nobody_saves_over_what_another_has_saved(stage: Stage) -> None:
    put(stage)
    assert put(stage).status_code == 428
    assert put(stage, match='"1"').json["revision"] == 2
    stale = put(stage, match='"1"')
    assert (stale.status_code, stale.json["current"]) == (412, '"2"')
    for method, path, body in (("POST", f"{PATH}/publish", {"reason": "because"}), ("DELETE", PATH, None)):
        assert stage.ask(method, path, ADMIN, json=body).status_code == 428
        assert stage.ask(method, path, ADMIN, json=body, headers={"If-Match": '"1"'}).status_code == 412
    assert stage.get("/matcher/v1/weights/current", ADMIN)["version"] == 1


def test_a_draft_on_an_older_version_is_not_published_unseen(stage: Stage) -> None:
    put(stage)
    other = {"coverage": 50, "reason": "meanwhile"}
    assert stage.post("/matcher/v1/weights", ADMIN, json=other, headers={"If-Match": '"1"'}).status_code == 201
    late = stage.post(f"{PATH}/publish", ADMIN, json={"reason": "late"}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json["code"]) == (412, "changed_meanwhile")
    assert stage.get(PATH, ADMIN)["based_on"] == 1, "nothing of the draft is lost"
    assert put(stage, match='"1"').json["based_on"] == 2
    made = stage.post(f"{PATH}/publish", ADMIN, json={"reason": "seen"}, headers={"If-Match": '"2"'})
    assert made.json["version"] == 3


def test_a_draft_starts_from_the_version_in_force_and_not_from_the_draft_before(stage: Stage) -> None:
    own = {"quality_floor": 30, "closeness": {"diabetes_type": {"t1d": {"t2d": 45}}}}
    published = stage.post("/matcher/v1/weights", ADMIN, json=own | {"reason": "ours"}, headers={"If-Match": '"1"'})
    assert published.status_code == 201
    first = put(stage).json
    assert {name: first[name] for name in own} == own
    second = put(stage, {"coverage": 50}, match='"1"').json
    assert (second["coverage"], {name: second[name] for name in own}) == (50, own)
    assert second["criteria"]["device"] == published.json["criteria"]["device"], "the first draft said 77"


def test_discarding_leaves_the_weights_as_they_are(stage: Stage) -> None:
    put(stage)
    assert stage.ask("DELETE", PATH, ADMIN, headers={"If-Match": '"1"'}).status_code == 204
    assert stage.ask("DELETE", PATH, ADMIN, headers={"If-Match": '"1"'}).status_code == 404
    assert stage.get("/matcher/v1/weights/current", ADMIN)["version"] == 1
    assert audited(stage) == ["save_weights_draft", "discard_weights_draft"]


def test_a_draft_with_a_fault_is_not_saved(stage: Stage) -> None:
    refused = put(stage, {"criteria": {"shoe_size": {"weight": 1}}, "coverage": 101})
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json["errors"]} == {"criteria.shoe_size", "coverage"}
    assert stage.ask("GET", PATH, ADMIN).status_code == 404


def test_every_preset_can_be_saved_as_a_draft(stage: Stage) -> None:
    presets = stage.get("/matcher/v1/weights/presets", ADMIN, headers={"Accept-Language": "es"})["items"]
    assert "Primero el idioma y la cultura" in [preset["label"] for preset in presets]
    for number, preset in enumerate(presets):
        assert put(stage, preset["weights"], match=f'"{number}"').status_code == 200, preset


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "weights/draft"),
        ("PUT", "weights/draft"),
        ("DELETE", "weights/draft"),
        ("POST", "weights/draft/publish"),
        ("GET", "weights/presets"),
        ("POST", "why-not"),
        ("GET", "pins"),
        ("POST", "pins"),
        ("DELETE", "pins/a/b"),
        ("GET", "blocks"),
        ("POST", "blocks"),
        ("DELETE", "blocks/a/b"),
    ],
)
def test_what_is_for_admins_is_for_admins(stage: Stage, method: str, path: str) -> None:
    assert stage.ask(method, f"/matcher/v1/{path}", stage.mentee()).status_code == 403
    assert stage.ask(method, f"/matcher/v1/{path}").status_code == 401
