"""Bodies are read strictly, and whoever sends a wrong one learns what to do."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.web.json_body import MAX_BYTES, parse
from services.chassis.web.problem import Problem

WHERE = "/shop/v1/parcels"


def post(client: FlaskClient, raw: bytes, content_type: str | None = "application/json", **more: Any) -> Any:
    return client.post(WHERE, data=raw, content_type=content_type, **more)


def problem_of(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = response.get_json()
    assert body["status"] == status
    assert body["request_id"] == response.headers["X-Request-Id"]
    return body


def test_a_body_just_within_the_limit_is_read_and_one_byte_more_is_not(client: FlaskClient) -> None:
    room = MAX_BYTES - len(b'{"id":"p1","note":""}')
    assert post(client, b'{"id":"p1","note":"' + b"x" * room + b'"}').status_code == 201
    told = problem_of(post(client, b'{"id":"p2","note":"' + b"x" * (room + 1) + b'"}'), 413)
    assert "64 KB" in told["detail"]


@pytest.mark.parametrize("excess", [1, 2, 70_000])
def test_a_body_that_hides_its_length_is_bounded_too(client: FlaskClient, excess: int) -> None:
    raw = b'{"id":"p1"}'.ljust(MAX_BYTES + excess)
    stream = {"wsgi.input": io.BytesIO(raw), "wsgi.input_terminated": True}
    told = client.post(WHERE, content_type="application/json", environ_overrides=stream)
    assert problem_of(told, 413)["code"] == "body_too_large"


def test_a_body_that_hides_its_length_but_is_small_is_read(client: FlaskClient) -> None:
    stream = {"wsgi.input": io.BytesIO(b'{"id":"p1"}'), "wsgi.input_terminated": True}
    assert client.post(WHERE, content_type="application/json", environ_overrides=stream).status_code == 201


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", None])
def test_another_content_type_is_refused_by_naming_the_right_one(client: FlaskClient, content_type: str | None) -> None:
    told = post(client, b'{"id":"p1"}', content_type)
    assert "application/json" in problem_of(told, 415)["detail"]
    assert told.headers["Accept"] == "application/json"


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        (b"{", "line 1"),
        (b'{"id": NaN}', "NaN"),
        (b'{"id": -Infinity}', "-Infinity"),
        (b'{"pieces": 1e999}', "too large"),
        (b'{"pieces": ' + b"9" * 5000 + b"}", "too long"),
        (b'{"id": "\xff"}', "UTF-8"),
        (b'{"id":"a","id":"b"}', "twice"),
        (b"[" * 21 + b"]" * 21, "20 levels"),
        (b"[" * 30_000, "20 levels"),
    ],
)
def test_json_that_cannot_be_read_says_where_and_why(client: FlaskClient, raw: bytes, hint: str) -> None:
    assert hint in problem_of(post(client, raw), 400)["detail"]


@pytest.mark.parametrize("content_type", ["", "application/json", "application/merge-patch+json"])
def test_where_a_body_is_needed_an_empty_one_is_asked_for_its_fields(client: FlaskClient, content_type: str) -> None:
    told = problem_of(post(client, b"", content_type), 422)
    assert [error["field"] for error in told["errors"]] == ["id"]


def test_a_name_given_twice_is_pointed_at(client: FlaskClient) -> None:
    told = problem_of(post(client, b'{"id":"a","labels":[{"text":"x","text":"y"}]}'), 400)
    assert told["errors"][0]["field"] == "text"


@pytest.mark.parametrize("character", ["\\u0000", "\\ud800", "\\udfff x"])
def test_text_that_no_database_can_hold_is_refused_by_its_field(client: FlaskClient, character: str) -> None:
    raw = '{"id":"p1","labels":[{"language":"en","text":"' + character + '"}]}'
    told = problem_of(post(client, raw.encode()), 422)
    assert told["errors"][0]["field"] == "labels.0.text"


def test_a_whole_emoji_is_no_half_symbol(client: FlaskClient) -> None:
    assert post(client, b'{"id":"p1","note":"\\ud83d\\ude00"}').status_code == 201


@pytest.mark.parametrize("address", ["?cursor=%00", "?%00=1"])
def test_a_null_character_in_a_query_is_refused(client: FlaskClient, address: str) -> None:
    problem_of(client.get(WHERE + address), 422)


def test_a_null_character_in_a_path_is_an_unknown_address(client: FlaskClient) -> None:
    problem_of(client.get("/shop/v1/parcels/%00"), 404)
    problem_of(client.get("/shop/v1/parcels/%ff"), 404)


def outcome(raw: bytes) -> list[Any]:
    """Return the value, or the status that refuses it, in a list."""
    try:
        return [parse(raw)]
    except Problem as told:
        return [told.code]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_whatever_json_can_say_and_a_database_can_hold_comes_through(value: Any) -> None:
    written = json.dumps(value)
    assert outcome(written.encode()) in ([value], [422] if "\\u0000" in written or "\\ud" in written else [])


@given(st.binary(max_size=200))
def test_any_bytes_are_either_json_or_a_clear_answer(raw: bytes) -> None:
    found = outcome(raw)
    assert found in ([400], [422]) or found == [json.loads(raw)]
