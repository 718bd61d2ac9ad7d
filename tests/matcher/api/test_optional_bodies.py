"""Where a body is optional, none at all, an empty one and an empty object mean the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.matcher.bootstrap import SERVICE
from tests.matcher.app_harness import ADMIN, Stage

JSON = {"Content-Type": "application/json"}


def optional_bodies() -> set[str]:
    """The operations whose description does not require their body."""
    paths = json.loads(SERVICE.openapi_document())["paths"]
    return {
        f"{method} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method != "parameters" and operation.get("requestBody", {"required": True}).get("required") is not True
    }


CASES = {
    "post /matcher/v1/matches/{match_id}/decline": "mentor",
    "post /matcher/v1/matches/{match_id}/end": ADMIN,
    "post /matcher/v1/what-if": ADMIN,
    "post /matcher/v1/rounds": ADMIN,
    "post /matcher/v1/gaps": ADMIN,
}


def test_every_operation_with_an_optional_body_is_tried_here() -> None:
    assert optional_bodies() == set(CASES)


@pytest.mark.parametrize("sent", [{}, {"headers": JSON}, {"headers": JSON, "data": "{}"}], ids=["none", "empty", "{}"])
@pytest.mark.parametrize(("operation", "by"), CASES.items())
def test_an_absent_body_is_an_empty_object(stage: Stage, operation: str, by: str, sent: dict[str, Any]) -> None:
    stage.mentor("mentor")
    match = stage.asked(stage.mentee("mentee"))
    answer = stage.post(operation.split()[1].format(match_id=match.id), by, **sent)
    assert answer.status_code in {200, 202}, answer.text
