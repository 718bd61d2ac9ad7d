"""Those who run a service can ask how it is; figures are not for passers-by."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.chassis.web.shop_app import ADMIN, FakeHealth, shop_app
from tests.chassis.web.test_json_body import problem_of


@pytest.mark.parametrize(("word", "status"), [("ok", 200), ("degraded", 200), ("unready", 503)])
def test_readiness_follows_health(word: str, status: int) -> None:
    client = shop_app(health=FakeHealth(word, {"database": "OperationalError"})).test_client()
    for path in ("/readyz", "/shop/readyz"):
        told = client.get(path)
        assert told.status_code == status
        assert told.get_json() == {"status": word, "checks": {"database": "OperationalError"}}
    assert client.get("/livez").status_code == client.get("/shop/livez").status_code == 200


def test_figures_count_requests_by_route(client: FlaskClient) -> None:
    client.get("/shop/v1/parcels/secret-id")
    told = client.get("/metrics")
    assert told.content_type.startswith("text/plain")
    labels = 'method="GET",route="/shop/v1/parcels/<string:parcel_id>",service="shop",status="404"'
    assert f"cairn_http_requests_total{{{labels}}}" in told.text
    assert "secret-id" not in told.text


def test_through_the_front_door_figures_need_an_admin(client: FlaskClient) -> None:
    problem_of(client.get("/shop/metrics"), 401)
    assert client.get("/shop/metrics", headers=ADMIN).status_code == 200


def test_every_answer_is_protected_even_a_refused_one(client: FlaskClient) -> None:
    for path in ("/livez", "/nothing", "/shop/v1/people/p1", "/shop/openapi.json"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Content-Security-Policy" in headers
        assert headers["Cache-Control"] == "no-store"
