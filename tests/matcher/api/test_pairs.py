"""Pins, blocks and the price of a pair over HTTP."""

from __future__ import annotations

import json

import pytest

from services.events import profiles
from services.events.facts import Must
from services.matcher.domain.round import run_round
from tests.matcher.app_harness import ADMIN, Stage
from tests.matcher.scenario import spoken


@pytest.mark.parametrize("kind", ["pins", "blocks"])
def test_decided_listed_and_taken_back(stage: Stage, kind: str) -> None:
    pairs = [{"mentee_id": stage.mentee(), "mentor_id": stage.mentor()} for _ in range(3)]
    path = f"/matcher/v1/{kind}"
    for pair in pairs:
        made = stage.post(path, ADMIN, json=pair | {"reason": "because we know"})
        assert (made.status_code, made.json["reason"]) == (201, "because we know"), made.text
        stage.forward(seconds=1)
    first = stage.get(f"{path}?limit=2", ADMIN)
    rest = stage.get(f"{path}?limit=2&cursor={first['next']}", ADMIN)
    listed = [{name: item[name] for name in ("mentee_id", "mentor_id")} for item in first["items"] + rest["items"]]
    assert listed == pairs[::-1]
    one = f"{path}/{pairs[0]['mentee_id']}/{pairs[0]['mentor_id']}"
    assert stage.ask("DELETE", one, ADMIN).status_code == 204
    assert stage.ask("DELETE", one, ADMIN).status_code == 404


@pytest.mark.parametrize("changed", [{"reason": ""}, {"mentee_id": ""}, {"mentor_id": None}, {"why": "x"}])
def test_a_decision_that_cannot_be_read_changes_nothing(stage: Stage, changed: dict[str, object]) -> None:
    body = {"mentee_id": stage.mentee(), "mentor_id": stage.mentor(), "reason": "because"} | changed
    answer = stage.post("/matcher/v1/blocks", ADMIN, json=body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, next(iter(changed)))
    assert stage.get("/matcher/v1/blocks", ADMIN)["items"] == []


def test_why_not_gives_the_cost_of_a_pair(stage: Stage) -> None:
    stage.mentor("welsh", languages=spoken("cy", "en"))
    stage.mentee("only-welsh", languages=spoken("cy"))
    stage.mentee("either")
    asked = stage.post("/matcher/v1/why-not", ADMIN, json={"mentee_id": "either", "mentor_id": "welsh"})
    assert asked.status_code == 200, asked.text
    assert asked.json["possible"]
    assert asked.json["fewer_matched"] == 0
    assert (asked.json["already"], asked.json["others"]) in ((True, []), (False, ["only-welsh"]))
    assert stage.live("either") is None


def test_a_block_has_its_price_before_anybody_decides_on_it(stage: Stage) -> None:
    stage.mentor("welsh", languages=spoken("cy", "en"))
    stage.mentee("only-welsh", languages=spoken("cy"))
    body = {"mentee_id": "only-welsh", "mentor_id": "welsh"}
    answer = stage.post("/matcher/v1/why-not", ADMIN, json=body | {"as": "block"}).json
    assert (answer["as"], answer["possible"], answer["already"], answer["fewer_matched"]) == ("block", True, False, 1)
    assert stage.get("/matcher/v1/blocks", ADMIN)["items"] == []
    answer = stage.post("/matcher/v1/why-not", ADMIN, json=body).json
    assert (answer["as"], answer["already"], answer["fewer_matched"]) == ("pin", True, 0)
    refused = stage.post("/matcher/v1/why-not", ADMIN, json=body | {"as": "wish"})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "as")


def test_why_not_names_what_forbids_a_pair(stage: Stage) -> None:
    stage.mentor("a", gender="man")
    stage.mentee("m", musts=(Must(criterion="gender", value="woman"),))
    answer = stage.post(
        "/matcher/v1/why-not", ADMIN, json={"mentee_id": "m", "mentor_id": "a"}, headers={"Accept-Language": "fr"}
    ).json
    assert not answer["possible"]
    assert [rule["rule"] for rule in answer["rules"]] == ["must:gender"]
    assert answer["rules"][0]["label"].startswith("la condition")


@pytest.mark.parametrize("pair", [{"mentee_id": "nobody", "mentor_id": "a"}, {"mentee_id": "m", "mentor_id": "nobody"}])
def test_why_not_of_an_unknown_person_is_not_found(stage: Stage, pair: dict[str, str]) -> None:
    stage.mentor("a"), stage.mentee("m")
    assert stage.post("/matcher/v1/why-not", ADMIN, json=pair).status_code == 404


def test_why_unmatched_in_words_for_the_person_and_in_numbers_for_an_admin(stage: Stage) -> None:
    stage.mentor("a", gender="man")
    stage.mentee("m", musts=(Must(criterion="gender", value="woman"),))
    stage.decide = run_round
    stage.rounds()
    path = "/matcher/v1/mentees/m/why-unmatched"
    person, admin = stage.get(path, "m"), stage.get(path, ADMIN, headers={"Accept-Language": "ar"})
    assert (person["cause"], person["rules"], person["locale"]) == ("hard_rule", ["must:gender"], "en")
    assert person["says"][0] == "What was asked for rules out every mentor we have."
    assert "mentors" not in person["relaxations"][0]
    assert "suitable" not in person
    assert (admin["relaxations"][0]["mentors"], admin["suitable"], admin["locale"]) == (1, 0, "ar")


@pytest.mark.parametrize("locale", ["en", "es", "fr", "ar"])
def test_a_persons_explanation_has_no_digit_and_no_other_person(stage: Stage, locale: str) -> None:
    stage.mentor("mentor", languages=spoken("cy"), gender="woman", capacity=4)
    for name in ("waiting", "other", "third", "fourth", "fifth"):
        stage.mentee(name, languages=spoken("cy"), musts=(Must(criterion="gender", value="woman"),))
    stage.mentor(gender="man")
    stage.mentee("picky", musts=(Must(criterion="gender", value="woman"),))
    people = ("waiting", "other", "third", "fourth", "fifth", "picky")
    for name in people:
        stage.receive(profiles.PersonChanged, name, locale=locale, **stage.facts[name])
    stage.decide = run_round
    stage.rounds()
    for asked in stage.get("/matcher/v1/matches", ADMIN)["items"]:
        stage.post(f"/matcher/v1/matches/{asked['id']}/end", ADMIN, json={"cause": "withdrawn", "reason": "ill"})
    causes = set()
    for name in people:
        answer = stage.get(f"/matcher/v1/mentees/{name}/why-unmatched", name)
        causes.add(answer["cause"])
        assert (answer["crowd"], answer["locale"]) == (None, locale)
        words = json.dumps({**answer, "round_id": "", "mentee_id": ""}, ensure_ascii=False)
        assert not any(sign.isnumeric() for sign in words), words
        assert "cy" not in words
    assert {"shortage", "hard_rule"} <= causes
