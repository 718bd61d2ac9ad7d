"""What an admin looks at over HTTP: rounds again, gaps, the board, equity, suggested weights."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.service.settings import load
from services.events import profiles
from services.matcher.adapters import tables as t
from services.matcher.bootstrap import SERVICE
from services.matcher.domain.round import run_round
from services.matcher.settings import Settings
from services.matcher.use_cases.engine_access import engine_queue
from tests.matcher.app_harness import ADMIN, Stage
from tests.matcher.scenario import PROGRAMME, spoken


@pytest.fixture
def engine_stage(stage: Stage) -> Stage:
    stage.decide = run_round
    return stage


def last_round(stage: Stage) -> str:
    found: str = stage.get("/matcher/v1/rounds?limit=1", ADMIN)["items"][0]["id"]
    return found


def matched(stage: Stage, mentee: str) -> str:
    """Return a match of one mentee that both people accepted."""
    match = stage.asked(mentee)
    assert stage.post(f"/matcher/v1/matches/{match.id}/accept", match.mentor_id).status_code == 200
    assert stage.post(f"/matcher/v1/matches/{match.id}/confirm", mentee).status_code == 200
    return match.id


def test_a_round_is_run_again_to_the_same_bytes(engine_stage: Stage) -> None:
    engine_stage.mentor(), engine_stage.mentee(), engine_stage.mentee()
    engine_stage.rounds()
    path = f"/matcher/v1/rounds/{last_round(engine_stage)}/verification"
    assert engine_stage.get(path, ADMIN) == {"same": True, "differences": []}


def test_a_round_whose_result_was_touched_does_not_verify(stage: Stage) -> None:
    stage.mentor(), stage.mentee()
    stage.rounds()  # decided by a stand-in for the engine, so the engine comes to something else
    found = stage.get(f"/matcher/v1/rounds/{last_round(stage)}/verification", ADMIN)
    assert not found["same"]
    assert found["differences"]


def test_stability_and_its_price(engine_stage: Stage) -> None:
    engine_stage.mentor(), engine_stage.mentee()
    engine_stage.rounds()
    found = engine_stage.get(f"/matcher/v1/rounds/{last_round(engine_stage)}/stability", ADMIN)
    assert found == {"blocking": 0, "pairs": [], "worst_regret": 0, "fewer_matched": 0, "lost_fit": 0.0}


def test_two_rounds_side_by_side(engine_stage: Stage) -> None:
    stage = engine_stage
    waits = stage.mentee(languages=spoken("cy"))
    stage.rounds()
    first = last_round(stage)
    stage.forward(minutes=1)
    stage.mentor(languages=spoken("cy"))
    stage.asked(waits)
    found = stage.get(f"/matcher/v1/rounds/{first}/compare/{last_round(stage)}", ADMIN)
    assert (found["in_both"], found["changed"], found["gained"], found["lost"]) == (1, [waits], [waits], [])
    assert (found["first_mean"], found["first"]["id"]) == (None, first)
    assert found["second_mean"] > 0
    back = stage.get(f"/matcher/v1/rounds/{last_round(stage)}/compare/{first}", ADMIN)
    assert back["lost"] == [waits]


@pytest.mark.parametrize("tail", ["verification", "stability", "compare/{id}"])
def test_of_a_round_that_read_an_erased_person_only_figures_are_left(engine_stage: Stage, tail: str) -> None:
    gone = engine_stage.mentee()
    engine_stage.rounds()
    found = last_round(engine_stage)
    engine_stage.receive(profiles.PersonErased, gone)
    path = f"/matcher/v1/rounds/{found}/{tail.format(id=found)}"
    answer = engine_stage.ask("GET", path, ADMIN)
    assert (answer.status_code, answer.json["code"]) == (410, "round_not_kept")
    unknown = engine_stage.ask("GET", f"/matcher/v1/rounds/no-such/{tail.format(id=found)}", ADMIN)
    assert unknown.status_code == 404


@pytest.fixture
def narrow_stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    """A matcher that answers no question above one pair, and one about every pair not at all."""
    environ = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": database_url,
        "BROKER_URL": f"embedded://{tmp_path}/broker.db",
    }
    stage = Stage(load(Settings, environ | {"QUESTION_PAIRS": "1", "QUESTION_ALL_PAIRS": "0"}))
    stage.decide = run_round
    yield stage
    stage.close()


def test_a_round_too_large_to_wait_for_is_refused(narrow_stage: Stage) -> None:
    stage = narrow_stage
    stage.mentor(), stage.mentee()
    stage.rounds()
    path = f"/matcher/v1/rounds/{last_round(stage)}"
    assert stage.get(f"{path}/verification", ADMIN)["same"]
    answer = stage.ask("GET", f"{path}/stability", ADMIN)
    assert (answer.status_code, answer.json["now"]) == (409, {"pairs": 1, "most": 0})
    stage.forward(minutes=1)
    stage.mentor(), stage.mentee()
    stage.rounds()
    answer = stage.ask("GET", f"/matcher/v1/rounds/{last_round(stage)}/verification", ADMIN)
    assert (answer.status_code, answer.json["now"]) == (409, {"pairs": 2, "most": 1})


@pytest.mark.parametrize("tail", ["verification", "stability"])
def test_inspecting_a_round_has_the_time_limit_of_a_question(
    engine_stage: Stage, monkeypatch: pytest.MonkeyPatch, tail: str
) -> None:
    engine_stage.mentor(), engine_stage.mentee()
    engine_stage.rounds()
    times = itertools.count(step=1000.0)
    monkeypatch.setattr(engine_queue, "monotonic", lambda: next(times))
    answer = engine_stage.ask("GET", f"/matcher/v1/rounds/{last_round(engine_stage)}/{tail}", ADMIN)
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "took_too_long", "5")


def test_the_board_shows_promises_and_offers_that_run_out(engine_stage: Stage) -> None:
    stage = engine_stage
    stage.mentor("mentor")
    offer = stage.asked(stage.mentee("asked"))
    stage.mentee("newly", languages=spoken("cy"), situations=("newly_diagnosed",))
    stage.mentee("usual", languages=spoken("cy"))
    stage.rounds()
    board = stage.get("/matcher/v1/board", ADMIN)
    assert (board["lanes"], board["past"], board["at_risk"]) == ({"newly_diagnosed": 1, "standard": 1}, 0, [])
    stage.forward(hours=60)
    board = stage.get("/matcher/v1/board", ADMIN)
    assert [(one["mentee_id"], one["past"]) for one in board["at_risk"]] == [("newly", False)]
    assert [one["id"] for one in board["lapsing"]] == [offer.id]
    stage.forward(days=20)
    board = stage.get("/matcher/v1/board?most=1", ADMIN)
    assert (board["past"], [one["mentee_id"] for one in board["at_risk"]]) == (2, ["newly"])
    assert stage.ask("GET", "/matcher/v1/board?most=0", ADMIN).status_code == 422


def test_equity_hides_small_groups_and_counts_the_others(stage: Stage) -> None:
    stage.mentor("mentor", capacity=9)
    for _ in range(5):
        matched(stage, stage.mentee())
    for tag in ("cy", "cy", "cy", "cy", "br", "br"):
        stage.mentee(languages=spoken(tag))
    stage.forward(hours=10)
    groups = {(one["axis"], one["code"]): one for one in stage.get("/matcher/v1/equity", ADMIN)["groups"]}
    assert (groups["all", "all"]["people"], groups["all", "all"]["match_rate"]) == (11, pytest.approx(5 / 11))
    english = groups["language", "en"]
    assert (english["people"], english["match_rate"], english["rematch_rate"]) == (5, 1.0, 0.0)
    assert groups["language", "cy"]["people"] is groups["language", "br"]["people"] is None
    assert groups["language", "hidden_together"]["people"] == 6
    assert len(english["interval"]) == 2


def test_weights_are_suggested_only_by_enough_outcomes(stage: Stage) -> None:
    found = stage.get("/matcher/v1/weights/suggestion", ADMIN)
    assert (found["weights"], found["matches"], found["needed"]) == (None, 0, 40)
    for number in range(40):
        _closed(stage, number)
    found = stage.get("/matcher/v1/weights/suggestion", ADMIN)
    assert found["matches"] == 40
    assert found["loss_after"] <= found["loss_before"]
    what_if = stage.post("/matcher/v1/what-if", ADMIN, json=found["weights"])
    assert found["what_if"] == what_if.json, "it comes with its what-if"
    assert what_if.json["waiting"] == 0


def test_a_suggestion_comes_with_its_what_if(stage: Stage) -> None:
    for number in range(40):
        _closed(stage, number)
    stage.mentor()
    stage.mentee()
    tried = stage.get("/matcher/v1/weights/suggestion?most=0", ADMIN)["what_if"]
    assert (tried["waiting"], tried["after_by_candidate"]["matched"], tried["optimal"]) == (1, 1, True)


def test_simpler_ways_of_matching_are_set_beside_ours(stage: Stage) -> None:
    stage.mentor("both", languages=spoken("es", "en"))
    stage.mentor("one", languages=spoken("en"), topics=("sleep",))
    stage.mentee("picky", languages=spoken("en"), topics=("food",))  # came first, and likes the one both need
    stage.forward(minutes=1)
    stage.change("both", "mentor", topics=("food",))
    stage.mentee("spanish", languages=spoken("es"))
    found = stage.get("/matcher/v1/policies", ADMIN)
    assert (found["waiting"], found["weights_version"]) == (2, 1)
    matched = {one["policy"]: one["matched"] for one in found["items"]}
    assert matched["optimal"] == 2
    assert matched["first-come"] == 1
    assert set(matched) == {"optimal", "first-come", "greedy", "stable"}


def test_ways_of_matching_are_not_compared_over_too_many_pairs(stage: Stage) -> None:
    stage.mentor(), stage.mentee()
    stage.app = SERVICE.web_app(replace(stage.parts, settings=replace(stage.settings, question_all_pairs=0)))
    answer = stage.ask("GET", "/matcher/v1/policies", ADMIN)
    assert (answer.status_code, answer.json["code"]) == (409, "pool_too_large")


def _closed(stage: Stage, number: int) -> None:
    """A match of long ago, past the code that would make it: it ended well when the device fitted."""
    well, now = number % 2 == 0, stage.clock.now() - timedelta(days=9)
    part: dict[str, Any] = {"criterion": "device", "score": 100 if well else 0, "weight": 1000, "band": "", "codes": []}
    row = {
        "match_id": f"old-{number}",
        "programme_id": PROGRAMME,
        "round_id": "old",
        "attempt": 1,
        "state": "ended",
        "version": 4,
        "end_cause": "completed" if well else "not_the_fit",
        "score": 50,
        "parts": [part],
    }
    moments = dict.fromkeys(("waiting_since", "proposed_at", "asked_at", "active_at", "ended_at"), now)
    with stage.parts.engine.begin() as connection:
        connection.execute(sa.insert(t.matches).values(**row, **moments))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "gaps"),
        ("POST", "gaps"),
        ("GET", "board"),
        ("GET", "equity"),
        ("GET", "weights/suggestion"),
        ("GET", "policies"),
        ("GET", "rounds/x/verification"),
        ("GET", "rounds/x/stability"),
        ("GET", "rounds/x/compare/y"),
    ],
)
def test_what_is_for_admins_is_for_admins(stage: Stage, method: str, path: str) -> None:
    assert stage.ask(method, f"/matcher/v1/{path}", stage.mentee()).status_code == 403
    assert stage.ask(method, f"/matcher/v1/{path}").status_code == 401
