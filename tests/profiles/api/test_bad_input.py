"""Each fault in a sign-up names its field, and nothing is written."""

from typing import Any

import pytest

from services.profiles.api.examples import MENTEE, MENTOR
from tests.profiles.app_harness import Stage, mentee_body, mentor_body

ENGLISH = {"tag": "en", "level": "native"}


def windows(*answers: tuple[str, str, str], zone: str = "UTC") -> dict[str, Any]:
    return {
        "time_zone": zone,
        "windows": [{"day": day, "start": start, "end": end} for day, start, end in answers],
    }


MENTEE_FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown field": ({"favourite_colour": "blue"}, "favourite_colour"),
    "an unknown field deep inside": ({"languages": [ENGLISH | {"accent": "none"}]}, "languages.0.accent"),
    "a wrong type": ({"goals": "emotional"}, "goals"),
    "a number for a text": ({"own_words": 7}, "own_words"),
    "a text for a yes or no": ({"ever_met_a_peer": "no"}, "ever_met_a_peer"),
    "an unknown code": ({"diabetes_type": "type1"}, "diabetes_type"),
    "an unknown code in a list": ({"topics": ["food", "gardening"]}, "topics.1"),
    "a code twice": ({"topics": ["food", "food"]}, "topics.1"),
    "no language": ({"languages": []}, "languages"),
    "a malformed language tag": ({"languages": [{"tag": "english!", "level": "native"}]}, "languages.0.tag"),
    "a language that is none": ({"languages": [{"tag": "xx", "level": "native"}]}, "languages.0.tag"),
    "a language twice": ({"languages": [ENGLISH, {"tag": "EN", "level": "basic"}]}, "languages.1.tag"),
    "a language without a level": ({"languages": [{"tag": "en"}]}, "languages.0.level"),
    "a month to come": ({"diagnosed": "2030-02"}, "diagnosed"),
    "a month that is none": ({"diagnosed": "2029-13"}, "diagnosed"),
    "a day for a month": ({"diagnosed": "2029-01-01"}, "diagnosed"),
    "four things that matter most": ({"matters_most": ["language", "goals", "age", "topics"]}, "matters_most"),
    "an end before its start": ({"availability": windows(("mon", "20:00", "18:00"))}, "availability.windows.0.end"),
    "an empty window": ({"availability": windows(("mon", "20:00", "20:00"))}, "availability.windows.0.end"),
    "overlapping windows": (
        {"availability": windows(("mon", "10:00", "12:00"), ("mon", "11:59", "13:00"))},
        "availability.windows.1",
    ),
    "a window twice": (
        {"availability": windows(("mon", "10:00", "12:00"), ("mon", "10:00", "12:00"))},
        "availability.windows.1",
    ),
    "a time that is none": ({"availability": windows(("mon", "25:00", "26:00"))}, "availability.windows.0.start"),
    "an unknown day": ({"availability": windows(("mond", "10:00", "12:00"))}, "availability.windows.0.day"),
    "an unknown time zone": ({"availability": windows(zone="Europe/Londn")}, "availability.time_zone"),
    "too many windows": ({"availability": windows(*[("mon", "10:00", "12:00")] * 51)}, "availability.windows"),
    "no consent": ({"consents": []}, "consents"),
    "consent to something else only": ({"consents": ["messages"]}, "consents"),
    "an unknown consent": ({"consents": ["matching", "selling"]}, "consents.1"),
    "a phone without its country": ({"contact": {"email": "a@example.org", "phone": "020 7946 0018"}}, "contact.phone"),
    "a phone that is none": ({"contact": {"email": "a@example.org", "phone": "call me"}}, "contact.phone"),
    "an address without a domain": ({"contact": {"email": "sam@"}}, "contact.email"),
    "an address without an @": ({"contact": {"email": "sam.example.org"}}, "contact.email"),
    "two addresses": ({"contact": {"email": "a@example.org,b@example.org"}}, "contact.email"),
    "a header in an address": ({"contact": {"email": "a@example.org\nBcc: b@example.org"}}, "contact.email"),
    "a very long address": ({"contact": {"email": "a" * 250 + "@example.org"}}, "contact.email"),
    "no address": ({"contact": {}}, "contact.email"),
    "a novel": ({"own_words": "a" * 2001}, "own_words"),
    "a model that nobody makes": (
        {"devices": [{"device_class": "cgm_rt", "stage": "using", "model": "dexcom_g77"}]},
        "devices.0.model",
    ),
    "a model of another class": (
        {"devices": [{"device_class": "mdi", "stage": "using", "model": "dexcom_g7"}]},
        "devices.0.model",
    ),
    "a device without a stage": ({"devices": [{"device_class": "mdi"}]}, "devices.0.stage"),
    "a stage of life that is over": (
        {"life_stages": [{"code": "student", "until": "2029-12-31"}]},
        "life_stages.0.until",
    ),
    "a stage of life twice": ({"life_stages": [{"code": "student"}, {"code": "student"}]}, "life_stages.1"),
    "a must of unknown value": ({"musts": [{"criterion": "gender", "value": "femal"}]}, "musts.0.value"),
    "a must of unknown criterion": ({"musts": [{"criterion": "beard", "value": "yes"}]}, "musts.0.criterion"),
    "contradictory musts": (
        {"musts": [{"criterion": "relation", "value": "any"}, {"criterion": "relation", "value": "parent"}]},
        "musts.1.value",
    ),
    "a must twice": (
        {"musts": [{"criterion": "gender", "value": "woman"}, {"criterion": "gender", "value": "woman"}]},
        "musts.1.value",
    ),
    "a model that is not of the class asked for": (
        {
            "musts": [
                {"criterion": "device_class", "value": "aid"},
                {"criterion": "device_model", "value": "dexcom_g7"},
            ]
        },
        "musts.1.value",
    ),
    "a must against the formats": (
        {"formats": ["text_chat"], "musts": [{"criterion": "format", "value": "in_person"}]},
        "musts.0.value",
    ),
    "a must in a language not spoken": ({"musts": [{"criterion": "language", "value": "fr"}]}, "musts.0.value"),
    "a locale nobody writes": ({"locale": "tlh"}, "locale"),
}

MENTOR_FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no places": ({"capacity": 0}, "capacity"),
    "too many places": ({"capacity": 11}, "capacity"),
    "half a place": ({"capacity": 1.5}, "capacity"),
    "places in words": ({"capacity": "2"}, "capacity"),
    "no type": ({"diabetes_types": []}, "diabetes_types"),
    "a type and unsure": ({"diabetes_types": ["t1d", "unsure"]}, "diabetes_types"),
    "no relation": ({"relations": []}, "relations"),
    "a device left before it came": (
        {"devices": [{"device_class": "aid", "since": "2024-05", "until": "2024-04"}]},
        "devices.0.until",
    ),
    "a device from the future": ({"devices": [{"device_class": "aid", "since": "2030-05"}]}, "devices.0.since"),
    "what only mentees tell": ({"musts": []}, "musts"),
    "an approval of one's own": ({"approved": True}, "approved"),
}


def refused(stage: Stage, path: str, body: Any) -> dict[str, Any]:
    answer = stage.ask("POST", path, json=body)
    assert answer.status_code == 422, answer.json
    assert answer.content_type == "application/problem+json"
    assert stage.rows("people") == stage.rows("consents") == stage.rows("outbox") == []
    return dict(answer.json or {})


@pytest.mark.parametrize("name", MENTEE_FAULTS)
def test_each_fault_in_a_mentees_answers_names_its_field(stage: Stage, name: str) -> None:
    answers, field = MENTEE_FAULTS[name]
    problem = refused(stage, "/profiles/v1/mentees", mentee_body(**answers))
    assert field in [error["field"] for error in problem["errors"]], problem


@pytest.mark.parametrize("name", MENTOR_FAULTS)
def test_each_fault_in_a_mentors_answers_names_its_field(stage: Stage, name: str) -> None:
    answers, field = MENTOR_FAULTS[name]
    problem = refused(stage, "/profiles/v1/mentors", mentor_body(**answers))
    assert field in [error["field"] for error in problem["errors"]], problem


@pytest.mark.parametrize("field", ["contact", "languages", "relation", "diabetes_type", "consents"])
def test_each_missing_required_field_is_named(stage: Stage, field: str) -> None:
    body = mentee_body()
    del body[field]
    problem = refused(stage, "/profiles/v1/mentees", body)
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize(
    ("answers", "nearest"),
    [
        ({"diabetes_type": "t1"}, "t1d"),
        ({"availability": windows(zone="Europe/Londn")}, "Europe/London"),
        ({"musts": [{"criterion": "gender", "value": "womn"}]}, "woman"),
        ({"musts": [{"criterion": "gender", "value": "female"}]}, "woman"),
        ({"gender": "female"}, "woman"),
        ({"consents": ["messages"]}, "matching"),
    ],
)
def test_the_nearest_valid_values_are_offered(stage: Stage, answers: dict[str, Any], nearest: str) -> None:
    problem = refused(stage, "/profiles/v1/mentees", mentee_body(**answers))
    assert nearest in problem["errors"][0]["nearest"]


def test_all_faults_are_named_at_once(stage: Stage) -> None:
    answers = {
        "diagnosed": "2031-01",
        "availability": windows(("mon", "20:00", "18:00"), zone="Nowhere"),
        "consents": [],
    }
    problem = refused(stage, "/profiles/v1/mentees", mentee_body(**answers))
    fields = {error["field"] for error in problem["errors"]}
    assert fields == {"diagnosed", "availability.windows.0.end", "availability.time_zone", "consents"}


def test_the_current_month_is_accepted(stage: Stage) -> None:
    assert stage.person(stage.mentee(diagnosed="2030-01"))["mentee"]["diagnosed"] == "2030-01"


def test_adjacent_windows_and_a_night_in_two_parts_are_accepted(stage: Stage) -> None:
    night = windows(("mon", "20:00", "22:00"), ("mon", "22:00", "24:00"), ("tue", "00:00", "01:00"))
    assert stage.person(stage.mentee(availability=night))["mentee"]["availability"] == night


def test_the_examples_of_the_description_are_accepted(stage: Stage) -> None:
    assert stage.ask("POST", "/profiles/v1/mentees", json=MENTEE).status_code == 201
    assert stage.ask("POST", "/profiles/v1/mentors", json=MENTOR).status_code == 201


def test_bodies_that_are_not_json_are_refused_with_problem_details(stage: Stage) -> None:
    path = "/profiles/v1/mentees"
    responses = {
        "too large": stage.ask("POST", path, data=b" " * 70_000, content_type="application/json"),
        "another type": stage.ask("POST", path, data="a=b", content_type="text/plain"),
        "no json": stage.ask("POST", path, data="{", content_type="application/json"),
        "too deep": stage.ask("POST", path, data="[" * 30 + "]" * 30, content_type="application/json"),
    }
    assert {name: answer.status_code for name, answer in responses.items()} == {
        "too large": 413,
        "another type": 415,
        "no json": 400,
        "too deep": 400,
    }
    assert all(answer.content_type == "application/problem+json" for answer in responses.values())
