"""Rounds held, released, dropped and cancelled over HTTP, each with a reason and in the audit."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.storage.tables import TABLES
from services.matcher.domain.round import run_round
from tests.matcher.app_harness import ADMIN, Stage

WHY = {"reason": "to be looked at first"}


def review(stage: Stage) -> str:
    """The id of a round that is held."""
    assert stage.ask("PUT", "/matcher/v1/round-mode", ADMIN, json={"mode": "review", **WHY}).status_code == 200
    stage.mentor(), stage.mentee("mentee-a"), stage.mentor(), stage.mentee("mentee-b")
    stage.rounds()
    found: str = stage.get("/matcher/v1/rounds", ADMIN)["items"][0]["id"]
    return found


def audited(stage: Stage) -> list[str]:
    with stage.parts.engine.connect() as connection:
        return list(connection.scalars(sa.select(TABLES.audit.c.action).order_by(TABLES.audit.c.seq)))


def test_an_admin_looks_at_a_round_and_releases_it(stage: Stage) -> None:
    held = review(stage)
    assert stage.get("/matcher/v1/round-mode", ADMIN) == {"mode": "review"}
    assert stage.get(f"/matcher/v1/rounds/{held}", ADMIN)["proposed"] == 2, "as many as it would ask"
    first = stage.get(f"/matcher/v1/rounds/{held}/proposals?limit=1", ADMIN)
    rest = stage.get(f"/matcher/v1/rounds/{held}/proposals?cursor={first['next']}", ADMIN)
    assert [row["mentee_id"] for row in first["items"] + rest["items"]] == ["mentee-a", "mentee-b"]
    assert (first["items"][0]["reasons"][0]["criterion"], rest["next"]) == ("language", None)
    released = stage.post(f"/matcher/v1/rounds/{held}/release", ADMIN, json=WHY)
    assert (released.status_code, released.json["state"], released.json["proposed"]) == (202, "open", 0)
    stage.rounds()
    assert stage.get(f"/matcher/v1/rounds/{held}", ADMIN)["proposed"] == 2
    assert audited(stage) == ["set_round_mode", "read_proposals", "read_proposals", "release_round"]


def test_an_admin_drops_a_round(stage: Stage) -> None:
    held = review(stage)
    dropped = stage.post(f"/matcher/v1/rounds/{held}/drop", ADMIN, json=WHY).json
    assert (dropped["state"], dropped["proposed"]) == ("dropped", 0), "nobody was asked"
    assert stage.post(f"/matcher/v1/rounds/{held}/release", ADMIN, json=WHY).status_code == 409
    assert stage.ask("GET", f"/matcher/v1/rounds/{held}/proposals", ADMIN).status_code == 410
    assert audited(stage)[-1] == "drop_round"


def test_an_admin_cancels_a_round_on_its_way(stage: Stage) -> None:
    held = review(stage)
    stage.post(f"/matcher/v1/rounds/{held}/release", ADMIN, json=WHY)
    assert stage.post(f"/matcher/v1/rounds/{held}/cancel", ADMIN, json={}).status_code == 422, "without a reason"
    cancelled = stage.post(f"/matcher/v1/rounds/{held}/cancel", ADMIN, json=WHY)
    assert (cancelled.status_code, cancelled.json["state"], cancelled.json["step"]) == (200, "cancelled", None)
    assert stage.post(f"/matcher/v1/rounds/{held}/cancel", ADMIN, json=WHY).status_code == 409
    assert audited(stage)[-1] == "cancel_round"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "rounds/x/cancel"),
        ("POST", "rounds/x/release"),
        ("POST", "rounds/x/drop"),
        ("GET", "rounds/x/proposals"),
        ("GET", "round-mode"),
        ("PUT", "round-mode"),
    ],
)
def test_what_is_for_admins_is_for_admins(stage: Stage, method: str, path: str) -> None:
    told: dict[str, Any] = {"mode": "review", **WHY} if method == "PUT" else WHY
    sent: dict[str, Any] = {} if method == "GET" else {"json": told}
    assert stage.ask(method, f"/matcher/v1/{path}", stage.mentee(), **sent).status_code == 403
    assert stage.ask(method, f"/matcher/v1/{path}", **sent).status_code == 401
    if "rounds" in path:
        assert stage.ask(method, f"/matcher/v1/{path}", ADMIN, **sent).status_code == 404


def test_an_admin_sees_whom_to_ask_next_and_a_release_covers_them(stage: Stage) -> None:
    stage.decide = run_round
    assert stage.ask("PUT", "/matcher/v1/round-mode", ADMIN, json={"mode": "review", **WHY}).status_code == 200
    stage.mentor("best", topics=("food",)), stage.mentor("next"), stage.mentee("sam", topics=("food",))
    stage.rounds()
    held = stage.get("/matcher/v1/rounds", ADMIN)["items"][0]
    assert held["released_at"] is None
    shown = stage.get(f"/matcher/v1/rounds/{held['id']}/proposals", ADMIN)["items"]
    assert [(row["mentor_id"], row["alternates"]) for row in shown] == [("best", ["next"])]
    assert stage.post(f"/matcher/v1/rounds/{held['id']}/release", ADMIN, json=WHY).json["released_at"] is not None
    match = stage.asked("sam")
    stage.forward(minutes=1)
    assert stage.post(f"/matcher/v1/matches/{match.id}/decline", "best").status_code == 200
    assert stage.asked("sam").mentor_id == "next"
    why = stage.get(f"/matcher/v1/matches/{stage.asked('sam').id}/explanation", ADMIN)
    assert why["score"] > 0
    assert "ask_alternate" in audited(stage)
