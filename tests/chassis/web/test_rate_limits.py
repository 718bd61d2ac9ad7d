"""Requests above the limit answer 429, also while Redis is unavailable."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from deploy.local.server import free_port
from services.chassis.identity.principal import Principal
from tests.chassis.web.shop_app import ADMIN, shop_app
from tests.chassis.web.test_access_policy import bearer
from tests.chassis.web.test_json_body import problem_of
from tests.support.tokens import token_of


def issued(person: str, hours: int) -> str:
    return token_of(Principal("person", person, "cairn"), ttl=timedelta(hours=hours))


def knock(client: FlaskClient, address: str = "203.0.113.9", headers: dict[str, str] | None = None) -> Any:
    return client.post("/shop/v1/knock", headers=headers, environ_base={"REMOTE_ADDR": address})


def test_a_caller_above_the_limit_gets_retry_after(client: FlaskClient) -> None:
    assert [knock(client).status_code for _ in range(2)] == [204, 204]
    answer = knock(client)
    assert problem_of(answer, 429)["code"] == "too_many_requests"
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_each_network_is_counted_separately(client: FlaskClient) -> None:
    for address in ("203.0.113.9", "203.0.113.10"):
        assert [knock(client, address).status_code for _ in range(3)] == [204, 204, 429]


def test_tokens_give_no_further_calls_of_a_route_that_is_open_to_anyone(client: FlaskClient) -> None:
    tokens = [{}, bearer("p1"), bearer("p2"), {"Authorization": "Bearer forged"}]
    assert [knock(client, headers=token).status_code for token in tokens] == [204, 204, 429, 429]


def test_all_tokens_of_a_person_are_counted_together_from_everywhere() -> None:
    client = shop_app(RATE_LIMIT="3 per minute").test_client()
    day, hour = ({"Authorization": f"Bearer {issued('p1', hours)}"} for hours in (24, 1))
    statuses = [
        client.get("/shop/v1/people/p1", headers=token, environ_base={"REMOTE_ADDR": f"203.0.113.{n}"}).status_code
        for n, token in enumerate([day, hour, day, hour])
    ]
    assert statuses == [200, 200, 200, 429]
    assert client.get("/shop/v1/people/p2", headers=bearer("p2")).status_code == 200


def test_500_guesses_of_a_token_are_cut_off_and_good_callers_of_the_network_go_on() -> None:
    client = shop_app().test_client()
    guesses = [{"Authorization": f"Bearer guess-{n}"} for n in range(500)]
    statuses = [client.get("/shop/v1/people/p1", headers=guess).status_code for guess in guesses]
    assert [statuses.count(401), statuses.count(429)] == [20, 480]
    answer = client.get("/shop/v1/people/p1", headers=guesses[0])
    assert problem_of(answer, 429)["code"] == "too_many_requests"
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert client.get("/shop/v1/people/p1", headers=bearer("p1")).status_code == 200
    assert client.get("/shop/v1/broken", headers=ADMIN).status_code == 500
    assert client.get("/counter").status_code == 200  # without any token


def test_a_token_is_not_guessed_on_a_route_that_is_open_to_anyone() -> None:
    client = shop_app().test_client()
    statuses = [client.get("/counter", headers={"Authorization": f"Bearer guess-{n}"}).status_code for n in range(100)]
    assert statuses == [200] * 20 + [429] * 80


def test_500_guesses_of_a_link_are_cut_off_whatever_token_is_sent() -> None:
    client = shop_app().test_client()
    person = bearer("p1")
    statuses = [client.get(f"/links/{n}", headers=person if n % 2 else {}).status_code for n in range(500)]
    assert [statuses.count(404), statuses.count(429)] == [20, 480]
    assert client.get("/links/right", headers=person).status_code == 429
    assert client.get("/links/right", environ_base={"REMOTE_ADDR": "203.0.113.77"}).status_code == 200


def test_an_answer_states_its_tightest_limit(client: FlaskClient) -> None:
    answer = knock(client)
    assert answer.headers["RateLimit-Policy"] == '"own";q=2;w=60'
    assert answer.headers["RateLimit"] == '"own";r=1;t=60'
    assert client.get("/counter").headers["RateLimit"].startswith('"network";r=599;')


def test_addresses_of_one_ipv6_network_are_one_caller(client: FlaskClient) -> None:
    assert [knock(client, f"2001:db8:1:2::{n}").status_code for n in range(3)] == [204, 204, 429]
    assert knock(client, "2001:db8:1:3::1").status_code == 204


def test_an_ipv4_address_in_ipv6_form_is_the_same_caller(client: FlaskClient) -> None:
    assert [knock(client, address).status_code for address in ("203.0.113.9", "::ffff:203.0.113.9")] == [204, 204]
    assert knock(client, "203.0.113.9").status_code == 429
    assert knock(client, "::ffff:203.0.113.10").status_code == 204


def test_callers_whose_address_cannot_be_read_share_one_limit(client: FlaskClient) -> None:
    assert [knock(client, address).status_code for address in ("unknown", "", "x" * 500)] == [204, 204, 429]


def test_other_routes_have_their_own_count(client: FlaskClient) -> None:
    for _ in range(3):
        knock(client)
    assert client.get("/shop/v1/parcels").status_code == 200


@pytest.mark.parametrize("path", ["/counter", "/no/such/address", "/shop/v1/people/p1", "/shop/openapi.json", "/livez"])
def test_every_address_has_a_limit_also_one_that_is_unknown_or_refused(path: str) -> None:
    client = shop_app(ANONYMOUS_RATE_LIMIT="2 per minute").test_client()
    statuses = [client.get(path).status_code for _ in range(3)]
    assert 429 not in statuses[:2]
    assert statuses[2] == 429


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
