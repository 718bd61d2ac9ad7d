"""Requests above the limit answer 429, also while Redis is unavailable."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from deploy.local.server import free_port
from tests.chassis.web.shop_app import ADMIN, shop_app
from tests.chassis.web.test_access_policy import bearer
from tests.chassis.web.test_json_body import problem_of


def knock(client: FlaskClient, address: str = "203.0.113.9", headers: dict[str, str] | None = None) -> Any:
    return client.post("/shop/v1/knock", headers=headers, environ_base={"REMOTE_ADDR": address})


def test_a_caller_above_the_limit_gets_retry_after(client: FlaskClient) -> None:
    assert [knock(client).status_code for _ in range(2)] == [204, 204]
    answer = knock(client)
    assert problem_of(answer, 429)["code"] == "too_many_requests"
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_each_caller_is_counted_separately(client: FlaskClient) -> None:
    for caller in ({"address": "203.0.113.9"}, {"address": "203.0.113.10"}, {"headers": bearer("p1")}):
        assert [knock(client, **caller).status_code for _ in range(3)] == [204, 204, 429]
    assert knock(client, headers=bearer("p2")).status_code == 204


def test_addresses_of_one_ipv6_network_are_one_caller(client: FlaskClient) -> None:
    assert [knock(client, f"2001:db8:1:2::{n}").status_code for n in range(3)] == [204, 204, 429]
    assert knock(client, "2001:db8:1:3::1").status_code == 204


def test_other_routes_are_not_limited(client: FlaskClient) -> None:
    for _ in range(3):
        knock(client)
    assert client.get("/shop/v1/parcels").status_code == 200


def test_behind_a_proxy_the_forwarded_address_counts() -> None:
    client = shop_app(TRUSTED_PROXIES="1").test_client()
    first, second = {"X-Forwarded-For": "203.0.113.1"}, {"X-Forwarded-For": "203.0.113.2"}
    assert [knock(client, headers=first).status_code for _ in range(3)] == [204, 204, 429]
    assert knock(client, headers=second).status_code == 204


def test_without_a_proxy_a_forwarded_address_is_ignored(client: FlaskClient) -> None:
    statuses = [knock(client, headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(3)]
    assert statuses == [204, 204, 429]


def test_without_redis_the_process_counts_by_itself() -> None:
    client = shop_app(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0").test_client()
    assert [knock(client).status_code for _ in range(3)] == [204, 204, 429]
    assert client.get("/shop/v1/broken", headers=ADMIN).status_code == 500  # the rest of the app is not affected


def redis_app() -> tuple[Flask, str]:
    from tests.support.stack import redis_url

    url = redis_url()
    return shop_app(REDIS_URL=url), url


@pytest.mark.stack
def test_two_processes_count_together_in_redis_which_stores_no_address() -> None:
    import redis

    app, url = redis_app()
    assert knock(app.test_client()).status_code == 204
    twin = shop_app(REDIS_URL=url).test_client()
    assert [knock(twin).status_code for _ in range(2)] == [204, 429]
    with redis.Redis.from_url(url) as connection:
        keys = b" ".join(connection.keys())
    assert b"203.0.113.9" not in keys
    assert b"limits:shop" in keys
