"""Gaps over HTTP: whom to recruit next, found in the background, for people with conditions as well."""

from __future__ import annotations

from typing import Any

import pytest

from services.chassis.background.worker import Worker
from services.events.facts import Must
from services.matcher import schedule
from services.matcher.domain.round import run_round
from services.matcher.use_cases.steps.save_transition import FIND_GAPS
from tests.matcher.app_harness import ADMIN, Stage
from tests.matcher.scenario import spoken


@pytest.fixture
def engine_stage(stage: Stage) -> Stage:
    stage.decide = run_round
    return stage


def work(stage: Stage) -> None:
    """A worker does the jobs that make reports."""
    jobs = {FIND_GAPS: schedule.jobs(stage.parts.uow, stage.terms)[FIND_GAPS]}
    worker = Worker(stage.parts.engine, jobs, read_now=stage.clock.read)
    while worker.run_once():
        pass


def test_gaps_are_found_in_the_background(engine_stage: Stage) -> None:
    stage = engine_stage
    assert stage.get("/matcher/v1/gaps", ADMIN)["state"] == "none"
    for _ in range(2):
        stage.mentee(languages=spoken("cy"))
    stage.mentor()
    assert stage.post("/matcher/v1/gaps", ADMIN).json["state"] == "asked"
    assert stage.get("/matcher/v1/gaps", ADMIN)["recruits"] == []
    work(stage)
    found = stage.get("/matcher/v1/gaps", ADMIN)
    assert (found["state"], found["waiting"]) == ("ready", 2)
    assert [(one["language"], one["waiting"], one["more_matched"]) for one in found["recruits"]] == [("cy", 2, 2)]
    assert found["recruits"][0]["places"] == 2
    assert [(one["mentors"], one["places"], one["more_matched"]) for one in found["recruits"][0]["curve"]] == [
        (1, 2, 2),
        (5, 10, 2),
        (10, 20, 2),
    ]
    assert found["idle"][0]["language"] == "en"
    stage.forward(hours=1)
    assert stage.post("/matcher/v1/gaps", ADMIN).json["recruits"] == found["recruits"], "the last one stays meanwhile"


def test_mentors_are_named_with_whom_one_place_more_is_one_person_more(engine_stage: Stage) -> None:
    stage = engine_stage
    stage.mentor("full", languages=spoken("cy"), capacity=1)
    stage.mentor("other", languages=spoken("es"), capacity=1)
    for _ in range(3):
        stage.mentee(languages=spoken("cy"))
    stage.post("/matcher/v1/gaps", ADMIN)
    work(stage)
    assert stage.get("/matcher/v1/gaps", ADMIN)["one_more_place"] == ["full"]


def test_gaps_label_conditions_in_the_readers_language(engine_stage: Stage) -> None:
    stage = engine_stage
    stage.mentee(musts=(Must(criterion="gender", value="woman"),), minor=True)
    stage.mentor(gender="man")
    stage.post("/matcher/v1/gaps", ADMIN)
    work(stage)
    told = stage.get("/matcher/v1/gaps", ADMIN, headers={"Accept-Language": "fr"})
    (found,) = told["recruits"]
    assert told["for_conditions"] == [found]
    assert found["more_matched"] == 1
    assert [(one["rule"], one["values"]) for one in found["conditions"]] == [
        ("must:gender", ["woman"]),
        ("cleared", []),
    ]
    assert found["conditions"][0]["label"].startswith("la condition")


def test_a_programmes_own_numbers_stay_until_it_sends_others(engine_stage: Stage) -> None:
    stage = engine_stage
    stage.mentee()

    def asked(**told: int) -> tuple[int, dict[str, Any]]:
        stage.forward(hours=1)
        answer = stage.post("/matcher/v1/gaps", ADMIN, **({"json": told} if told else {}))
        assert answer.status_code == 202, answer.text
        work(stage)
        found = stage.get("/matcher/v1/gaps", ADMIN)
        return found["recruits"][0]["invitations"], found["funnel"]

    assert asked() == (96, {"invited": 9951, "appointed": 104, "own": False})
    own = {"invited": 39, "appointed": 2}
    assert asked(**own) == (20, own | {"own": True})
    assert asked() == (20, own | {"own": True})
    assert asked(invited=30, appointed=30) == (1, {"invited": 30, "appointed": 30, "own": True})


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"invited": 3, "appointed": 4}, "appointed"),
        ({"invited": 3, "appointed": 0}, "appointed"),
        ({"invited": 3}, "appointed"),
        ({"invited": "many", "appointed": 1}, "invited"),
    ],
)
def test_numbers_that_cannot_be_are_refused(stage: Stage, told: dict[str, Any], field: str) -> None:
    answer = stage.post("/matcher/v1/gaps", ADMIN, json=told)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert stage.get("/matcher/v1/gaps", ADMIN)["state"] == "none"
