"""A body of nonsense costs little on every route: few look-ups of near values, few errors, a small answer.

The bodies are those of ``bench.nasty_bodies``, which measures their time; here the work is counted.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bench.nasty_bodies import TOKENS, Bodies, address, apps, operations
from services.chassis.web.problem import MOST_ERRORS, MOST_HINTS
from services.profiles.api.examples import MENTEE

SIZE = 4_000
LARGEST_ANSWER = 16_384
COSTLY = ("codes", "empty objects", "entries", "unknown fields", "a row", "long lists", "a long text", "number")
"""The ends of the names of the bodies sent here: with all of them the test would take half a minute."""

REFUSED = {"sign_in_needed", "not_allowed"}  # by the policy, before the body is read


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> list[Flask]:
    return list(apps(tmp_path_factory.mktemp("nonsense")))


class LookUps:
    """Counts how often near values are looked up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        find = difflib.get_close_matches

        def counted(*args: Any, **options: Any) -> list[str]:
            self.count += 1
            return find(*args, **options)

        monkeypatch.setattr(difflib, "get_close_matches", counted)


@pytest.fixture
def look_ups(monkeypatch: pytest.MonkeyPatch) -> LookUps:
    return LookUps(monkeypatch)


def send(client: FlaskClient, method: str, path: str, body: bytes, token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}", "If-Match": '"1"'}
    return client.open(path, method=method, data=body, content_type="application/json", headers=headers)


def costs_of(app: Flask, look_ups: LookUps) -> Iterator[tuple[str, int, Any]]:
    """Yield the name of each request, how many look-ups it took, and its answer."""
    client = app.test_client()
    document = client.get(f"/{app.extensions['chassis'].name}/openapi.json").get_json()
    for method, path, schema in operations(document):
        for name, body in Bodies(document["components"]["schemas"], schema, size=SIZE).all():
            if name.endswith(COSTLY):
                assert len(body) <= SIZE
                look_ups.count = 0
                answers = (send(client, method, address(path), body, token) for token in TOKENS)
                answer = next(answer for answer in answers if (answer.get_json() or {}).get("code") not in REFUSED)
                yield f"{method} {path}: {name}", look_ups.count, answer


@pytest.mark.parametrize("which", [0, 1, 2])
def test_nonsense_on_any_route_gets_a_small_answer_and_few_look_ups(
    served: list[Flask], look_ups: LookUps, which: int
) -> None:
    sent = 0
    for name, count, answer in costs_of(served[which], look_ups):
        sent += 1
        errors = (answer.get_json(silent=True) or {}).get("errors", [])
        assert count <= 2 * MOST_HINTS, name  # a vocabulary compares with words and with codes
        assert len(errors) <= MOST_ERRORS, name
        assert sum("nearest" in error for error in errors) <= MOST_HINTS, name
        assert len(answer.data) <= LARGEST_ANSWER, name
        assert answer.status_code < 500, name
    assert sent > 30


def test_many_wrong_codes_name_the_first_errors_and_that_there_are_more(served: list[Flask]) -> None:
    wrong = {"devices": [{"device_class": f"no{n}", "stage": "no", "model": "no"} for n in range(10)]}
    answer = served[0].test_client().post("/profiles/v1/mentees", json=MENTEE | wrong).get_json()
    assert [len(answer["errors"]), answer["more_errors"]] == [MOST_ERRORS, True]
    assert [("nearest" in error) for error in answer["errors"]] == [True] * MOST_HINTS + [False] * 15
    assert "Perhaps you mean" in answer["errors"][0]["message"]
    assert answer["errors"][-1]["message"].startswith("We don't know this")
    assert "Perhaps" not in answer["errors"][-1]["message"]


def test_a_list_that_is_too_long_is_refused_for_its_length_alone(served: list[Flask], look_ups: LookUps) -> None:
    body = MENTEE | {"topics": ["no"] * 4000}
    answer = served[0].test_client().post("/profiles/v1/mentees", json=body).get_json()
    assert [error["field"] for error in answer["errors"]] == ["topics"]
    assert "more_errors" not in answer
    assert look_ups.count == 0


def test_every_list_and_free_object_in_a_body_is_bounded(served: list[Flask]) -> None:
    unbounded = []
    for app in served:
        document = app.test_client().get(f"/{app.extensions['chassis'].name}/openapi.json").get_json()
        for method, path, schema in operations(document):
            unbounded += [f"{method} {path}: {place}" for place in _unbounded(document, schema, "")]
    assert unbounded == []


def _unbounded(document: dict[str, Any], schema: Any, place: str) -> Iterator[str]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for inner in schema.get("anyOf", ()):
        yield from _unbounded(document, inner, place)
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "array" in kinds and "maxItems" not in schema:
        yield place
    for name, inner in schema.get("properties", {}).items():
        yield from _unbounded(document, inner, f"{place}.{name}")
    if isinstance(schema.get("items"), dict):
        yield from _unbounded(document, schema["items"], f"{place}[]")
    free = schema.get("additionalProperties")
    if isinstance(free, dict) and free:
        if "maxProperties" not in schema:
            yield place
        yield from _unbounded(document, free, f"{place}.*")


def test_no_answer_repeats_a_long_text_of_the_caller(served: list[Flask]) -> None:
    answer = served[0].test_client().post("/profiles/v1/mentees", json={"x" * 50_000: 1})
    assert len(answer.data) < 3000
