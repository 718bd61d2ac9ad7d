"""Every error is a problem that names the field and says what to do; none reveals internals."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from services.chassis.core import errors
from services.chassis.i18n.translations import CHASSIS_WORDS, Words
from services.chassis.web.error_handlers import flatten, from_refusal
from services.chassis.web.problem import problem
from tests.chassis.web.shop_app import ADMIN
from tests.chassis.web.test_json_body import problem_of

ENGLISH = Words(CHASSIS_WORDS).of("en")
PARCELS_URL = "/shop/v1/parcels"


def test_an_unknown_address_is_a_problem(client: FlaskClient) -> None:
    body = problem_of(client.get("/shop/v1/nothing"), 404)
    assert body["type"] == "/problems/not_found"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE"])
def test_a_405_answer_lists_the_allowed_methods(client: FlaskClient, method: str) -> None:
    answer = client.open(PARCELS_URL, method=method)
    problem_of(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_one_answer_names_every_fault_of_a_body(client: FlaskClient) -> None:
    sent = {
        "size": "mediun",
        "pieces": 0,
        "colour": "red",
        "labels": [{"language": "en", "text": "ok"}, {"language": "english!", "text": ""}],
        "send_at": "2030-01-01T10:00:00",
        "day": "tomorrow",
    }
    body = problem_of(client.post(PARCELS_URL, json=sent), 422)
    assert {error["field"] for error in body["errors"]} == {
        "id",
        "size",
        "pieces",
        "colour",
        "labels.1.language",
        "labels.1.text",
        "send_at",
        "day",
    }


def error_of(client: FlaskClient, parcel: dict[str, Any], field: str) -> dict[str, Any]:
    body = problem_of(client.post(PARCELS_URL, json={"id": "p1"} | parcel), 422)
    [error] = [error for error in body["errors"] if error["field"] == field]
    return dict(error)


def test_an_unknown_code_is_answered_with_the_nearest_ones(client: FlaskClient) -> None:
    assert error_of(client, {"size": "mediun"}, "size")["nearest"][0] == "medium"


def test_a_code_unlike_all_others_is_answered_with_the_first_ones(client: FlaskClient) -> None:
    assert error_of(client, {"size": "😀😀😀"}, "size")["nearest"] == ["small", "medium", "large"]


@pytest.mark.parametrize("tag", ["english!", "", "e", "xx-zz-yy-qq", "und", "en_", "pt_BR", "en\n", "x" * 99, "日本"])
def test_a_malformed_language_is_explained_with_an_example(client: FlaskClient, tag: str) -> None:
    error = error_of(client, {"labels": [{"language": tag, "text": "x"}]}, "labels.0.language")
    assert "es-MX" in error["message"]


@pytest.mark.parametrize("ident", ["", "P1", "p1\n", "p" * 41, "p 1"])
def test_a_text_that_does_not_match_is_answered_with_the_required_form(client: FlaskClient, ident: str) -> None:
    assert "small letters" in error_of(client, {"id": ident}, "id")["message"]


@pytest.mark.parametrize(
    ("sent", "loaded"), [("EN", "en"), ("pt-br", "pt-BR"), ("ase", "ase"), ("zh-hant-tw", "zh-Hant-TW")]
)
def test_a_language_is_loaded_in_standard_form(client: FlaskClient, sent: str, loaded: str) -> None:
    answer = client.post(PARCELS_URL, json={"id": "p1", "labels": [{"language": sent, "text": "x"}]})
    assert answer.get_json()["labels"][0]["language"] == loaded


def test_a_time_is_loaded_in_utc(client: FlaskClient) -> None:
    answer = client.post(PARCELS_URL, json={"id": "p1", "send_at": "2030-01-01T10:00:00+02:00"})
    assert answer.get_json()["send_at"] == "2030-01-01T08:00:00+00:00"


def test_a_missing_field_is_named(client: FlaskClient) -> None:
    body = problem_of(client.post(PARCELS_URL, json={}), 422)
    assert body["errors"] == [{"field": "id", "message": "Please fill this in."}]


@pytest.mark.parametrize(
    ("value", "field"),
    [([], ""), ("x", ""), ({"labels": {}}, "labels"), ({"labels": [1]}, "labels.0"), ({"note": 3}, "note")],
)
def test_a_value_of_the_wrong_type_is_named(client: FlaskClient, value: Any, field: str) -> None:
    sent = {"id": "p1"} | value if isinstance(value, dict) else value
    body = problem_of(client.post(PARCELS_URL, json=sent), 422)
    assert field in {error["field"] for error in body["errors"]}
    assert all("Please" in error["message"] for error in body["errors"])


def test_an_unknown_query_parameter_is_named(client: FlaskClient) -> None:
    body = problem_of(client.get(PARCELS_URL + "?limitt=3"), 422)
    assert body["errors"][0]["field"] == "limitt"


def test_a_refusal_of_the_domain_contains_the_current_state(client: FlaskClient) -> None:
    client.post(PARCELS_URL, json={"id": "p1"})
    body = problem_of(client.post(PARCELS_URL, json={"id": "p1"}), 409)
    assert (body["code"], body["now"]) == ("parcel_known", {"state": "sent"})


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (errors.Invalid, 422),
        (errors.NotFound, 404),
        (errors.Forbidden, 403),
        (errors.Conflict, 409),
        (errors.Gone, 410),
        (errors.Stale, 412),
    ],
)
def test_each_refusal_has_its_status(refusal: type[errors.Refusal], status: int) -> None:
    refused = from_refusal(refusal("why", "Because.", field="a.b"))
    assert (refused.code, refused.body(ENGLISH)["errors"][0]["field"]) == (status, "a.b")


def test_an_unexpected_error_shows_a_request_id_and_no_internals(client: FlaskClient) -> None:
    answer = client.get("/shop/v1/broken", headers=ADMIN)
    body = problem_of(answer, 500)
    assert body["code"] == "unexpected"
    for internal in ("Ana", "RuntimeError", "Traceback", ".py"):
        assert internal not in answer.text


def test_unavailable_storage_answers_503_with_retry_after(client: FlaskClient) -> None:
    answer = client.get("/shop/v1/away", headers=ADMIN)
    problem_of(answer, 503)
    assert answer.headers["Retry-After"].isdigit()


def test_a_problem_contains_its_headers_and_extra_members() -> None:
    answer = problem(409, "busy", "Busy", "Wait.", headers={"Retry-After": "9"}, now={"a": 1}).as_response(ENGLISH)
    assert answer.headers["Retry-After"] == "9"
    assert answer.get_json()["now"] == {"a": 1}


def test_messages_about_an_object_have_the_path_of_the_object() -> None:
    faults = list(flatten({"labels": {0: {"_schema": ["Odd."]}}, "_schema": ["All odd."]}))
    assert [(fault["field"], fault["message"]) for fault in faults] == [("labels.0", "Odd."), ("", "All odd.")]
