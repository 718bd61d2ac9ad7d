"""Hundreds of odd requests: every answer is one that the OpenAPI document lists."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.chassis.web.shop_app import ADMIN
from tests.support.fuzz import fuzz

pytestmark = pytest.mark.slow

BREAKS = "/shop/v1/(broken|away)"  # routes that always fail


def test_every_answer_is_listed_in_the_document(app: Flask) -> None:
    requests, faults = fuzz(app, "/shop/openapi.json", headers=ADMIN, leave_out=BREAKS, examples=30)
    assert faults == []
    assert requests > 200


@pytest.mark.parametrize("route", ["broken", "away"])
def test_a_failing_route_is_reported(app: Flask, route: str) -> None:
    others = f"^(?!/shop/v1/{route})"
    _, faults = fuzz(app, "/shop/openapi.json", headers=ADMIN, leave_out=others, examples=2)
    assert any("not_a_server_error" in fault for fault in faults)
