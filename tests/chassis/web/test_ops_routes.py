"""Operators can read health and metrics; metrics are not public."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.chassis.web.shop_app import ADMIN, FakeHealth, shop_app
from tests.chassis.web.test_json_body import problem_of


@pytest.mark.parametrize(("health", "status"), [("ok", 200), ("degraded", 200), ("unready", 503)])
def test_readiness_follows_health(health: str, status: int) -> None:
    client = shop_app(health=FakeHealth(health, {"database": "OperationalError"})).test_client()
    answer = client.get("/shop/readyz")
    assert answer.status_code == status
    assert answer.get_json() == {"status": health, "checks": {"database": "OperationalError"}}
    assert client.get("/shop/livez").status_code == 200


def test_metrics_count_requests_by_route(client: FlaskClient) -> None:
    client.get("/shop/v1/parcels/secret-id")
    answer = client.get("/shop/metrics", headers=ADMIN)
    assert answer.content_type.startswith("text/plain")
    labels = 'method="GET",route="/shop/v1/parcels/<string:parcel_id>",service="shop",status="404"'
    assert f"cairn_http_requests_total{{{labels}}}" in answer.text
    assert "secret-id" not in answer.text


def test_metrics_on_the_public_port_need_an_admin(client: FlaskClient) -> None:
    problem_of(client.get("/shop/metrics"), 401)
    assert client.get("/shop/metrics", headers=ADMIN).status_code == 200


def test_every_answer_has_security_headers_even_an_error(client: FlaskClient) -> None:
    for path in ("/shop/livez", "/nothing", "/shop/v1/people/p1", "/shop/openapi.json"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Content-Security-Policy" in headers
        assert headers["Cache-Control"] == "no-store"
