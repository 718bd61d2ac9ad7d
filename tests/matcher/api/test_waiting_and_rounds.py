"""Waits, rounds and figures over HTTP."""

from __future__ import annotations

import pytest

from tests.matcher.app_harness import ADMIN, Stage
from tests.matcher.scenario import spoken


def test_a_mentee_reads_where_they_stand_and_why(stage: Stage) -> None:
    mentee = stage.mentee(languages=spoken("cy"))
    stage.mentor()
    wait = stage.get(f"/matcher/v1/mentees/{mentee}/wait", mentee)
    assert (wait["mentee_id"], wait["status"]) == (mentee, "waiting")
    assert wait["estimate"] == {
        "since": wait["waiting_since"],
        "low_hours": 0.0,
        "high_hours": 336.0,
        "past_promise": False,
        "basis": "promise",
        "people": 0,
    }
    assert "2 weeks" in wait["says"]
    assert stage.get(f"/matcher/v1/mentees/{mentee}/why-unmatched", mentee)["cause"] == "next_round"
    stage.rounds()
    assert stage.get(f"/matcher/v1/mentees/{mentee}/why-unmatched", ADMIN)["cause"] == "never_possible"


def test_the_sentence_about_a_wait_is_for_those_who_wait(stage: Stage) -> None:
    stage.mentor()
    mentee = stage.mentee()
    stage.asked(mentee)
    wait = stage.get(f"/matcher/v1/mentees/{mentee}/wait", mentee)
    assert (wait["status"], wait["says"]) == ("asked", "")


@pytest.mark.parametrize("what", ["wait", "why-unmatched"])
def test_nobody_reads_anothers_wait(stage: Stage, what: str) -> None:
    mentee, other = stage.mentee(), stage.mentee()
    assert stage.ask("GET", f"/matcher/v1/mentees/{mentee}/{what}", other).status_code == 404
    assert stage.ask("GET", f"/matcher/v1/mentees/nobody/{what}", ADMIN).status_code == 404
    assert stage.ask("GET", f"/matcher/v1/mentees/{mentee}/{what}").status_code == 401


def test_an_admin_lists_the_people_who_wait_page_by_page(stage: Stage) -> None:
    waiting = []
    for _ in range(3):
        waiting.append(stage.mentee())
        stage.forward(seconds=1)
    first = stage.get("/matcher/v1/waiting?limit=2", ADMIN)
    rest = stage.get(f"/matcher/v1/waiting?limit=2&cursor={first['next']}", ADMIN)
    assert [row["mentee_id"] for row in first["items"] + rest["items"]] == waiting
    assert {row["cause"] for row in first["items"]} == {"next_round"}
    assert rest["next"] is None


def test_an_admin_asks_for_a_round_and_reads_it(stage: Stage) -> None:
    stage.mentor(), stage.mentee()
    asked = stage.post("/matcher/v1/rounds", ADMIN, json={"reason": "just because"})
    assert (asked.status_code, asked.json["status"]) == (202, "asked")
    assert stage.post("/matcher/v1/rounds", ADMIN).status_code == 202
    stage.rounds()
    listed = stage.get("/matcher/v1/rounds", ADMIN)["items"]
    assert [(item["state"], item["proposed"]) for item in listed] == [("applied", 1)]
    assert stage.get(f"/matcher/v1/rounds/{listed[0]['id']}", ADMIN) == listed[0]
    assert stage.ask("GET", "/matcher/v1/rounds/no-such-round", ADMIN).status_code == 404


def test_the_figures(stage: Stage) -> None:
    stage.mentor()
    stage.mentee(), stage.mentee()
    stage.rounds()
    stats = stage.get("/matcher/v1/stats", ADMIN)
    assert (stats["matches"], stats["waiting"]) == ({"proposed": 1}, {"capacity": 1})
    assert stats["sign_up_to_proposal"]["count"] == 1
    assert stage.ask("GET", "/matcher/v1/stats?last=0", ADMIN).status_code == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "waiting"), ("GET", "rounds"), ("POST", "rounds"), ("GET", "rounds/x"), ("GET", "stats")],
)
def test_what_is_for_admins_is_for_admins(stage: Stage, method: str, path: str) -> None:
    assert stage.ask(method, f"/matcher/v1/{path}", stage.mentee()).status_code == 403
    assert stage.ask(method, f"/matcher/v1/{path}").status_code == 401
