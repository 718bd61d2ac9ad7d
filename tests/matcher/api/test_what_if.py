"""Trying weights before publishing them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.events.facts import DeviceInterest, DeviceLived, LifeStage
from services.matcher.bootstrap import SERVICE
from tests.matcher.app_harness import ADMIN, Stage


def test_other_weights_are_tried_without_changing_anything(stage: Stage) -> None:
    stage.mentor("same-stage", life_stages=("student",))
    stage.mentor("same-device", devices=(DeviceLived(device_class="aid", since="2024-01"),))
    mentee = stage.mentee(
        devices=(DeviceInterest(device_class="aid", stage="considering"),), life_stages=(LifeStage(code="student"),)
    )
    weights = {"life_stage": 100, "device": 1}, {"life_stage": 1, "device": 100}
    seen = []
    for told in weights:
        criteria = {name: {"mode": "soft", "weight": weight} for name, weight in told.items()}
        answer = stage.post("/matcher/v1/what-if", ADMIN, json={"criteria": criteria})
        assert answer.status_code == 200, answer.text
        seen.append(answer.json)
    assert all(found["optimal"] for found in seen)
    assert [found["after_by_candidate"]["matched"] for found in seen] == [1, 1]
    assert sum(found["changed"] == [mentee] for found in seen) == 1, "one of the two prefers the other mentor"
    assert stage.get("/matcher/v1/weights/current", ADMIN)["version"] == 1
    assert stage.live(mentee) is None


def test_what_is_left_out_is_as_in_force(stage: Stage) -> None:
    stage.mentor()
    stage.mentee()
    floor = {"quality_floor": 100, "reason": "only the best"}
    assert stage.post("/matcher/v1/weights", ADMIN, json=floor, headers={"If-Match": '"1"'}).status_code == 201
    found = stage.post("/matcher/v1/what-if", ADMIN, json={"criteria": {"topics": {"weight": 5}}}).json
    assert (found["weights_version"], found["after_by_candidate"]["matched"]) == (2, 0)
    assert stage.post("/matcher/v1/what-if", ADMIN, json={"quality_floor": 0}).json["gained"] != []


def test_a_fault_is_reported_before_any_pool_is_read(stage: Stage) -> None:
    stage.mentor()
    stage.mentee()
    answer = bounded(stage, question_pairs=0).post("/matcher/v1/what-if", ADMIN, json={"coverage": 101})
    assert (answer.status_code, answer.json["code"]) == (422, "weights_invalid")


def test_faults_are_named_and_people_are_not_admins(stage: Stage) -> None:
    answer = stage.post("/matcher/v1/what-if", ADMIN, json={"criteria": {"shoe_size": {"weight": 1}}})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "criteria.shoe_size")
    assert stage.post("/matcher/v1/what-if", stage.mentee(), json={}).status_code == 403


def test_lists_name_as_many_as_asked_for_and_counts_stay_whole(stage: Stage) -> None:
    stage.mentor(capacity=3)
    mentees = sorted(stage.mentee() for _ in range(3))
    answer = stage.post("/matcher/v1/what-if?most=2", ADMIN, json={"quality_floor": 100})
    found = answer.json
    assert (found["lost"], found["changed"]) == (mentees[:2], mentees[:2])
    assert found["counts"] == {"changed": 3, "gained": 0, "lost": 3}
    assert [one["mentee_id"] for one in found["moves"]] == mentees[:2]
    assert (found["gains"], found["loses"]) == (0, 3)
    assert stage.post("/matcher/v1/what-if?most=-1", ADMIN, json={}).status_code == 422


def bounded(stage: Stage, **settings: Any) -> Stage:
    """The same matcher, with less room for questions."""
    stage.app = SERVICE.web_app(replace(stage.parts, settings=replace(stage.settings, **settings)))
    return stage


def test_a_too_large_pool_and_a_too_long_question_are_refused(stage: Stage) -> None:
    mentor, mentee = stage.mentor(), stage.mentee()
    pair = {"mentee_id": mentee, "mentor_id": mentor}
    for path, body in (("what-if", {}), ("why-not", pair)):
        refused = bounded(stage, question_pairs=0).post(f"/matcher/v1/{path}", ADMIN, json=body)
        assert (refused.status_code, refused.json["code"]) == (409, "pool_too_large")
        assert refused.json["now"] == {"mentees": 1, "mentors": 1, "pairs": 1, "most": 0}
        stopped = bounded(stage, question_seconds=0).post(f"/matcher/v1/{path}", ADMIN, json=body)
        assert (stopped.status_code, stopped.json["code"]) == (503, "took_too_long")
        assert int(stopped.headers["Retry-After"]) > 0
