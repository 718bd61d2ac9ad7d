"""Weights over HTTP: versions, conditions, reasons."""

from __future__ import annotations

import pytest

from tests.matcher.app_harness import ADMIN, Stage

BODY = {"criteria": {"device": {"mode": "soft", "weight": 77}}, "reason": "more pumps"}
PATH = "/matcher/v1/weights"


def test_read_publish_read(stage: Stage) -> None:
    current = stage.ask("GET", f"{PATH}/current", ADMIN)
    assert (current.json["version"], current.headers["ETag"]) == (1, '"1"')
    made = stage.post(PATH, ADMIN, json=BODY, headers={"If-Match": current.headers["ETag"]})
    assert (made.status_code, made.json["version"], made.headers["ETag"]) == (201, 2, '"2"')
    current = stage.ask("GET", f"{PATH}/current", ADMIN)
    assert current.json["criteria"]["device"] == {"mode": "soft", "weight": 77}
    assert (current.json["reason"], current.json["by"]) == ("more pumps", "staff:cairn:staff-1")


def test_what_is_read_can_be_published_again(stage: Stage) -> None:
    current = stage.get(f"{PATH}/current", ADMIN)
    settings = {name: current[name] for name in ("criteria", "coverage", "quality_floor", "promise_hours", "closeness")}
    answer = stage.post(PATH, ADMIN, json=settings | {"reason": "the same again"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 201, answer.text


def test_without_a_version_428_and_with_an_old_one_412(stage: Stage) -> None:
    assert stage.post(PATH, ADMIN, json=BODY).status_code == 428
    assert stage.post(PATH, ADMIN, json=BODY, headers={"If-Match": '"1"'}).status_code == 201
    stale = stage.post(PATH, ADMIN, json=BODY, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json["current"]) == (412, '"2"')
    assert stage.get(f"{PATH}/current", ADMIN)["version"] == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": None}, "reason"),
        ({"coverage": 101}, "coverage"),
        ({"coverage": "much"}, "coverage"),
        ({"criteria": {"device": {"weight": -1}}}, "criteria.device.weight"),
        ({"criteria": {"device": {"mode": "maybe"}}}, "criteria.device.mode"),
        ({"criteria": {"shoe_size": {"weight": 1}}}, "criteria.shoe_size"),
        ({"criterias": {}}, "criterias"),
        ({"promise_hours": {"vip": 1}}, "promise_hours.vip"),
    ],
)
def test_each_fault_is_named_by_its_field(stage: Stage, changed: dict[str, object], field: str) -> None:
    answer = stage.post(PATH, ADMIN, json=BODY | changed, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json["errors"]], answer.json
    assert stage.get(f"{PATH}/current", ADMIN)["version"] == 1


def test_faults_of_every_kind_are_named_at_once(stage: Stage) -> None:
    body = {
        "x": 1,
        "coverage": 200,
        "quality_floor": "much",
        "criteria": {"language": {"mode": "off", "wieght": 2}, "topics": 3},
        "promise_hours": {"standard": "soon"},
    }
    answer = stage.post(PATH, ADMIN, json=body, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    assert sorted(error["field"] for error in answer.json["errors"]) == [
        "coverage",
        "criteria.language.mode",
        "criteria.language.wieght",
        "criteria.topics",
        "promise_hours.standard",
        "quality_floor",
        "reason",
        "x",
    ]


def test_what_is_left_out_stays_as_in_the_version_in_force(stage: Stage) -> None:
    own = {
        "coverage": 40,
        "quality_floor": 30,
        "matters_boost": 4,
        "promise_hours": {"standard": 100},
        "closeness": {"diabetes_type": {"t1d": {"t2d": 45}}},
    }
    stage.post(PATH, ADMIN, json=BODY | own, headers={"If-Match": '"1"'})
    one = {"criteria": {"topics": {"weight": 5}}, "reason": "one slider"}
    made = stage.post(PATH, ADMIN, json=one, headers={"If-Match": '"2"'}).json
    assert made["criteria"]["device"] == {"mode": "soft", "weight": 77}
    assert made["criteria"]["topics"]["weight"] == 5
    assert {name: made[name] for name in own} == own | {"promise_hours": {"newly_diagnosed": 72, "standard": 100}}


def test_a_preset_and_the_first_version_leave_nothing_of_the_version_in_force(stage: Stage) -> None:
    first = stage.get(f"{PATH}/current", ADMIN)
    own = {"quality_floor": 30, "closeness": {"diabetes_type": {"t1d": {"t2d": 45}}}}
    stage.post(PATH, ADMIN, json=BODY | own, headers={"If-Match": '"1"'})
    presets = {one["name"]: one["weights"] for one in stage.get(f"{PATH}/presets", ADMIN)["items"]}
    made = stage.post(PATH, ADMIN, json=presets["balanced"] | {"reason": "anew"}, headers={"If-Match": '"2"'}).json
    stage.post(PATH, ADMIN, json=BODY | own, headers={"If-Match": '"3"'})
    back = stage.post(f"{PATH}/1/revert", ADMIN, json={"reason": "back"}, headers={"If-Match": '"4"'}).json
    for found in (made, back):
        assert {name: found[name] for name in presets["balanced"]} == {
            name: first[name] for name in presets["balanced"]
        }


def test_going_back_is_a_new_version(stage: Stage) -> None:
    stage.post(PATH, ADMIN, json=BODY, headers={"If-Match": '"1"'})
    revert = f"{PATH}/1/revert"
    assert stage.post(revert, ADMIN, json={"reason": "back"}).status_code == 428
    back = stage.post(revert, ADMIN, json={"reason": "back"}, headers={"If-Match": '"2"'})
    assert (back.status_code, back.json["version"]) == (201, 3)
    unknown = stage.post(f"{PATH}/99/revert", ADMIN, json={"reason": "back"}, headers={"If-Match": '"3"'})
    assert unknown.status_code == 404
    versions = stage.get(f"{PATH}?limit=2", ADMIN)
    more = stage.get(f"{PATH}?limit=2&cursor={versions['next']}", ADMIN)
    assert [item["version"] for item in versions["items"] + more["items"]] == [3, 2, 1]


def test_weights_are_for_admins(stage: Stage) -> None:
    person = stage.mentee()
    for method, path in (("GET", PATH), ("GET", f"{PATH}/current"), ("POST", PATH), ("POST", f"{PATH}/1/revert")):
        assert stage.ask(method, path, person).status_code == 403
        assert stage.ask(method, path).status_code == 401
