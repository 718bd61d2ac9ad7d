"""Every error is a problem that names the field and says what to do, and none shows our insides."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from services.chassis.core import errors
from services.chassis.web.error_handlers import flatten, from_refusal
from services.chassis.web.problem import problem
from tests.chassis.web.shop_app import ADMIN
from tests.chassis.web.test_json_body import problem_of

WHERE = "/shop/v1/parcels"


def test_an_unknown_address_is_a_problem(client: FlaskClient) -> None:
    told = problem_of(client.get("/shop/v1/nothing"), 404)
    assert told["type"] == "/problems/not_found"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE"])
def test_another_method_tells_which_ones_work(client: FlaskClient, method: str) -> None:
    told = client.open(WHERE, method=method)
    problem_of(told, 405)
    assert set(told.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_every_fault_of_a_body_is_named_at_once(client: FlaskClient) -> None:
    body = {
        "size": "mediun",
        "pieces": 0,
        "colour": "red",
        "labels": [{"language": "en", "text": "ok"}, {"language": "english!", "text": ""}],
        "send_at": "2030-01-01T10:00:00",
        "day": "tomorrow",
    }
    told = problem_of(client.post(WHERE, json=body), 422)
    assert {error["field"] for error in told["errors"]} == {
        "id",
        "size",
        "pieces",
        "colour",
        "labels.1.language",
        "labels.1.text",
        "send_at",
        "day",
    }


def message(client: FlaskClient, body: dict[str, Any], field: str) -> dict[str, Any]:
    told = problem_of(client.post(WHERE, json={"id": "p1"} | body), 422)
    [found] = [error for error in told["errors"] if error["field"] == field]
    return dict(found)


def test_an_unknown_code_is_answered_with_the_nearest_ones(client: FlaskClient) -> None:
    assert message(client, {"size": "mediun"}, "size")["nearest"][0] == "medium"


def test_a_code_far_from_all_is_answered_with_what_there_is(client: FlaskClient) -> None:
    assert message(client, {"size": "😀😀😀"}, "size")["nearest"] == ["small", "medium", "large"]


@pytest.mark.parametrize("tag", ["english!", "", "e", "xx-zz-yy-qq", "und", "en_", "pt_BR", "en\n", "x" * 99, "日本"])
def test_a_malformed_language_is_explained_with_an_example(client: FlaskClient, tag: str) -> None:
    found = message(client, {"labels": [{"language": tag, "text": "x"}]}, "labels.0.language")
    assert "es-MX" in found["message"]


@pytest.mark.parametrize("ident", ["", "P1", "p1\n", "p" * 41, "p 1"])
def test_a_text_of_another_shape_is_told_the_right_one(client: FlaskClient, ident: str) -> None:
    assert "small letters" in message(client, {"id": ident}, "id")["message"]


@pytest.mark.parametrize(
    ("sent", "kept"), [("EN", "en"), ("pt-br", "pt-BR"), ("ase", "ase"), ("zh-hant-tw", "zh-Hant-TW")]
)
def test_a_language_is_kept_in_its_standard_form(client: FlaskClient, sent: str, kept: str) -> None:
    answer = client.post(WHERE, json={"id": "p1", "labels": [{"language": sent, "text": "x"}]})
    assert answer.get_json()["labels"][0]["language"] == kept


def test_a_moment_is_kept_in_universal_time(client: FlaskClient) -> None:
    answer = client.post(WHERE, json={"id": "p1", "send_at": "2030-01-01T10:00:00+02:00"})
    assert answer.get_json()["send_at"] == "2030-01-01T08:00:00+00:00"


def test_a_missing_field_is_asked_for_kindly(client: FlaskClient) -> None:
    told = problem_of(client.post(WHERE, json={}), 422)
    assert told["errors"] == [{"field": "id", "message": "Please fill this in."}]


@pytest.mark.parametrize(
    ("body", "field"),
    [([], ""), ("x", ""), ({"labels": {}}, "labels"), ({"labels": [1]}, "labels.0"), ({"note": 3}, "note")],
)
def test_another_kind_of_value_is_named(client: FlaskClient, body: Any, field: str) -> None:
    sent = {"id": "p1"} | body if isinstance(body, dict) else body
    told = problem_of(client.post(WHERE, json=sent), 422)
    assert field in {error["field"] for error in told["errors"]}
    assert all("Please" in error["message"] for error in told["errors"])


def test_an_unknown_query_parameter_is_named(client: FlaskClient) -> None:
    told = problem_of(client.get(WHERE + "?limitt=3"), 422)
    assert told["errors"][0]["field"] == "limitt"


def test_a_refusal_of_the_domain_tells_what_is_true_now(client: FlaskClient) -> None:
    client.post(WHERE, json={"id": "p1"})
    told = problem_of(client.post(WHERE, json={"id": "p1"}), 409)
    assert (told["code"], told["now"]) == ("parcel_known", {"state": "sent"})


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
    told = from_refusal(refusal("why", "Because.", field="a.b"))
    assert (told.code, told.body()["errors"][0]["field"]) == (status, "a.b")


def test_our_own_mistake_shows_no_insides_but_a_request_id(client: FlaskClient) -> None:
    answer = client.get("/shop/v1/broken", headers=ADMIN)
    told = problem_of(answer, 500)
    assert told["code"] == "unexpected"
    for inside in ("Ana", "RuntimeError", "Traceback", ".py"):
        assert inside not in answer.text


def test_a_storage_that_is_away_is_503_with_a_time_to_come_back(client: FlaskClient) -> None:
    answer = client.get("/shop/v1/away", headers=ADMIN)
    problem_of(answer, 503)
    assert answer.headers["Retry-After"].isdigit()


def test_a_problem_keeps_its_headers_and_further_members() -> None:
    answer = problem(409, "busy", "Busy", "Wait.", headers={"Retry-After": "9"}, now={"a": 1}).as_response()
    assert answer.headers["Retry-After"] == "9"
    assert answer.get_json()["now"] == {"a": 1}


def test_messages_of_a_whole_object_point_at_the_object() -> None:
    told = list(flatten({"labels": {0: {"_schema": ["Odd."]}}, "_schema": ["All odd."]}))
    assert [(fault["field"], fault["message"]) for fault in told] == [("labels.0", "Odd."), ("", "All odd.")]
