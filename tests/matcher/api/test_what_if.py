"""Trying weights before publishing them."""

from __future__ import annotations

from services.events.facts import DeviceInterest, DeviceLived, LifeStage
from tests.matcher.stage import ADMIN, Stage


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


def test_faults_are_named_and_people_are_not_admins(stage: Stage) -> None:
    answer = stage.post("/matcher/v1/what-if", ADMIN, json={"criteria": {"shoe_size": {"weight": 1}}})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "criteria.shoe_size")
    assert stage.post("/matcher/v1/what-if", stage.mentee(), json={}).status_code == 403
