"""Every route of every service has a limit, for callers with and without a token: the URL maps are walked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from services.chassis.service.service import Service
from services.chassis.service.settings import load
from services.chassis.storage.migrations import migrate
from services.matcher.bootstrap import SERVICE as MATCHER
from services.notifications.bootstrap import SERVICE as NOTIFICATIONS
from services.profiles.bootstrap import SERVICE as PROFILES
from tests.support.tokens import bearer, person_token, staff_token

ONCE = {"rate_limit": "1 per hour", "anonymous_rate_limit": "1 per hour", "failure_limit": "1000 per hour"}


@pytest.fixture(params=[PROFILES, MATCHER, NOTIFICATIONS], ids=lambda service: service.name)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    service: Service[Any, Any] = request.param
    url = f"sqlite:///{tmp_path}/service.db"
    migrate(url, service.migrations)
    environ = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": url,
        "BROKER_URL": f"embedded://{tmp_path}/b.db",
        "MAIL_URL": f"maildir://{tmp_path}",
    }
    parts = service.parts(replace(load(service.settings, environ), **ONCE))
    yield service.web_app(parts)
    parts.engine.dispose()


def cells(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield each method and path of the URL map."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            yield method, _filled(app, rule)


def _filled(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        values = dict.fromkeys(rule.arguments, "1")
        return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def test_a_second_call_from_a_network_is_refused_on_every_route(app: Flask) -> None:
    client, unlimited, seen = app.test_client(), [], 0
    for number, (method, path) in enumerate(cells(app)):
        seen += 1
        caller = {"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250}"}
        statuses = [client.open(path, method=method, environ_base=caller).status_code for _ in range(2)]
        if statuses[0] == 429 or statuses[1] != 429:
            unlimited.append(f"{method} {path}: {statuses}")
    assert unlimited == []
    assert seen > 10


def test_a_second_call_of_a_person_is_refused_on_every_route_from_any_network(app: Flask) -> None:
    client, unlimited = app.test_client(), []
    for number, (method, path) in enumerate(cells(app)):
        token = bearer(person_token(f"p{number}"))
        networks = [f"10.{half}.{number // 250}.{number % 250}" for half in (1, 2)]
        statuses = [
            client.open(path, method=method, headers=token, environ_base={"REMOTE_ADDR": network}).status_code
            for network in networks
        ]
        if statuses[0] == 429 or statuses[1] != 429:
            unlimited.append(f"{method} {path}: {statuses}")
    assert unlimited == []


def test_a_member_of_staff_has_one_count_for_all_routes(app: Flask) -> None:
    client, admin = app.test_client(), bearer(staff_token())
    statuses = [
        client.open(path, method=method, headers=admin, environ_base={"REMOTE_ADDR": f"10.9.9.{n}"}).status_code
        for n, (method, path) in enumerate([*cells(app)][:20])
    ]
    assert statuses[0] != 429
    assert set(statuses[1:]) == {429}
