"""The API describes itself well enough to be used without further questions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.matcher.bootstrap import SERVICE as MATCHER
from services.notifications.bootstrap import SERVICE as NOTIFICATIONS
from services.profiles.bootstrap import SERVICE as PROFILES


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(MATCHER.openapi_document())
    return found


def test_every_operation_has_a_description_and_documented_answers(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            where = f"{method} {path}"
            assert operation.get("summary"), where
            answers = operation["responses"]
            good = [code for code in answers if code.startswith("2")]
            assert len(good) == 1, where
            assert answers[good[0]]["description"], where
            assert {"401", "403"} <= set(answers), where
            if "{" in path:
                assert "404" in answers, where


def test_answering_a_match_can_meet_a_conflict(document: dict[str, Any]) -> None:
    for step in ("accept", "decline", "confirm", "not-the-fit", "end"):
        operation = document["paths"][f"/matcher/v1/matches/{{match_id}}/{step}"]["post"]
        assert "409" in operation["responses"]
        assert "Idempotency-Key" in [parameter.get("name") for parameter in operation["parameters"]]


def test_publishing_weights_is_conditional(document: dict[str, Any]) -> None:
    operation = document["paths"]["/matcher/v1/weights"]["post"]
    assert {"412", "428", "422"} <= set(operation["responses"])
    assert "If-Match" in [parameter.get("name") for parameter in operation["parameters"]]


def test_saving_the_draft_documents_an_optional_if_match(document: dict[str, Any]) -> None:
    operation = document["paths"]["/matcher/v1/weights/draft"]["put"]
    (header,) = [one for one in operation["parameters"] if one.get("name") == "If-Match"]
    assert header["required"] is False
    assert {"412", "428"} <= set(operation["responses"])


@pytest.mark.parametrize("service", [MATCHER, PROFILES, NOTIFICATIONS], ids=lambda service: service.name)
def test_every_operation_that_may_answer_412_or_428_lists_if_match(service: Any) -> None:
    paths = json.loads(service.openapi_document())["paths"]
    for path, methods in paths.items():
        for method, operation in methods.items():
            if method != "parameters" and {"412", "428"} & set(operation["responses"]):
                headers = [one.get("name") for one in operation.get("parameters", ())]
                assert "If-Match" in headers, f"{method} {path}"
