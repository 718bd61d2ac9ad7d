"""Bodies are read strictly, and a refusal says what to do."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.web.json_body import MAX_BYTES, MAX_VALUES, parse
from services.chassis.web.problem import Problem

PARCELS_URL = "/shop/v1/parcels"


def post(client: FlaskClient, raw: bytes, content_type: str | None = "application/json", **more: Any) -> Any:
    return client.post(PARCELS_URL, data=raw, content_type=content_type, **more)


def problem_of(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = response.get_json()
    assert body["status"] == status
    assert body["request_id"] == response.headers["X-Request-Id"]
    return body


def test_a_body_at_the_limit_is_accepted_and_one_byte_more_is_not(client: FlaskClient) -> None:
    room = MAX_BYTES - len(b'{"id":"p1","note":""}')
    assert post(client, b'{"id":"p1","note":"' + b"x" * room + b'"}').status_code == 201
    answer = problem_of(post(client, b'{"id":"p2","note":"' + b"x" * (room + 1) + b'"}'), 413)
    assert "64 KB" in answer["detail"]


@pytest.mark.parametrize("excess", [1, 2, 70_000])
def test_a_body_without_a_length_is_limited_too(client: FlaskClient, excess: int) -> None:
    raw = b'{"id":"p1"}'.ljust(MAX_BYTES + excess)
    stream = {"wsgi.input": io.BytesIO(raw), "wsgi.input_terminated": True}
    answer = client.post(PARCELS_URL, content_type="application/json", environ_overrides=stream)
    assert problem_of(answer, 413)["code"] == "body_too_large"


def test_a_small_body_without_a_length_is_accepted(client: FlaskClient) -> None:
    stream = {"wsgi.input": io.BytesIO(b'{"id":"p1"}'), "wsgi.input_terminated": True}
    assert client.post(PARCELS_URL, content_type="application/json", environ_overrides=stream).status_code == 201


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", None])
def test_another_content_type_is_refused_with_the_right_one(client: FlaskClient, content_type: str | None) -> None:
    answer = post(client, b'{"id":"p1"}', content_type)
    assert "application/json" in problem_of(answer, 415)["detail"]
    assert answer.headers["Accept"] == "application/json"


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
def test_invalid_json_is_refused_with_place_and_reason(client: FlaskClient, raw: bytes, hint: str) -> None:
    assert hint in problem_of(post(client, raw), 400)["detail"]


def refused_unparsed(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> Problem:
    """Return the problem of a body that is refused before any JSON is parsed."""
    monkeypatch.setattr(
        "services.chassis.web.json_body.json.loads", lambda *_, **__: pytest.fail("the body was parsed")
    )
    with pytest.raises(Problem) as refused:
        parse(raw)
    return refused.value


@pytest.mark.parametrize("raw", [b"[" * 30_000, b"[" * 21 + b"]" * 21, b'{"a":' * 21 + b"1" + b"}" * 21])
def test_a_body_nested_too_deep_is_refused_before_it_is_parsed(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused_unparsed(raw, monkeypatch).problem_code == "json_too_deep"


@pytest.mark.parametrize(
    "raw",
    [
        b"[" + b"1," * MAX_VALUES + b"1]",
        b"[" + b"[]," * MAX_VALUES + b"1]",
        b'{"a":' + b"{" + b'"b":1,' * MAX_VALUES + b'"c":1}}',
    ],
)
def test_a_body_with_too_many_values_is_refused_before_it_is_parsed(
    raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = refused_unparsed(raw, monkeypatch)
    assert [problem.code, problem.problem_code] == [413, "body_too_large"]
    assert "5000 values" in problem.detail


@pytest.mark.parametrize("text", ["[" * 30_000, "," * 30_000, '\\"[{' * 9_000, "\\\\"])
def test_brackets_and_commas_in_a_text_do_not_count(text: str) -> None:
    assert outcome(b'["' + text.encode() + b'"]') == [json.loads('["' + text + '"]')]


def test_as_many_values_as_allowed_are_parsed() -> None:
    assert outcome(b"[" + b"1," * (MAX_VALUES - 2) + b"1]") == [[1] * (MAX_VALUES - 1)]


def test_of_many_texts_that_cannot_be_stored_the_first_are_named(client: FlaskClient) -> None:
    answer = problem_of(post(client, b'{"a":[' + b",".join([b'"\\u0000"'] * 4000) + b"]}"), 422)
    assert [error["field"] for error in answer["errors"]] == [f"a.{n}" for n in range(20)]
    assert answer["more_errors"] is True


@pytest.mark.parametrize("content_type", ["", "application/json", "application/merge-patch+json"])
def test_an_empty_body_is_refused_with_the_required_fields(client: FlaskClient, content_type: str) -> None:
    answer = problem_of(post(client, b"", content_type), 422)
    assert [error["field"] for error in answer["errors"]] == ["id"]


def test_a_duplicate_name_is_refused_and_named(client: FlaskClient) -> None:
    answer = problem_of(post(client, b'{"id":"a","labels":[{"text":"x","text":"y"}]}'), 400)
    assert answer["errors"][0]["field"] == "text"


@pytest.mark.parametrize("character", ["\\u0000", "\\ud800", "\\udfff x"])
def test_text_that_no_database_can_store_is_refused_by_its_field(client: FlaskClient, character: str) -> None:
    raw = '{"id":"p1","labels":[{"language":"en","text":"' + character + '"}]}'
    answer = problem_of(post(client, raw.encode()), 422)
    assert answer["errors"][0]["field"] == "labels.0.text"


def test_a_surrogate_pair_is_accepted(client: FlaskClient) -> None:
    assert post(client, b'{"id":"p1","note":"\\ud83d\\ude00"}').status_code == 201


@pytest.mark.parametrize("address", ["?cursor=%00", "?%00=1"])
def test_a_null_character_in_a_query_is_refused(client: FlaskClient, address: str) -> None:
    problem_of(client.get(PARCELS_URL + address), 422)


def test_a_null_character_in_a_path_is_an_unknown_address(client: FlaskClient) -> None:
    problem_of(client.get("/shop/v1/parcels/%00"), 404)
    problem_of(client.get("/shop/v1/parcels/%ff"), 404)


def outcome(raw: bytes) -> list[Any]:
    """Return a list with the parsed value, or with the status of the refusal."""
    try:
        return [parse(raw)]
    except Problem as problem:
        return [problem.code]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_any_json_that_a_database_can_store_is_parsed(value: Any) -> None:
    written = json.dumps(value)
    assert outcome(written.encode()) in ([value], [422] if "\\u0000" in written or "\\ud" in written else [])


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(raw: bytes) -> None:
    result = outcome(raw)
    assert result in ([400], [422]) or result == [json.loads(raw)]
