"""A caller cannot choose their own address or scheme: a real nginx believes only the proxy that it names."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Response, jsonify, request
from werkzeug.serving import make_server

from deploy.local.layout import SERVICES
from services.chassis.web.access_policy import allow
from tests.chassis.web.shop_app import shop_app
from tests.deploy.doors import PROXY, STRANGER, ask, nginx

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Yield the port of nginx in front of an app of the chassis that answers with its caller's address and scheme."""
    app = shop_app(TRUSTED_PROXIES="1")

    @app.get("/caller")
    @allow("anyone")
    def caller() -> Response:
        return jsonify(address=request.remote_addr, scheme=request.scheme)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    folder: Path = tmp_path_factory.mktemp("nginx")
    try:
        with nginx(folder, dict.fromkeys(SERVICES, server.server_port)) as port:
            yield port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def seen(door: int, *headers: str, source: str) -> tuple[str, str]:
    """Return the address and the scheme that the service sees."""
    status, body = ask(door, "/caller", headers, source=source)
    assert status == 200, body
    caller = json.loads(body)
    return caller["address"], caller["scheme"]


@pytest.mark.parametrize(
    "forged",
    [
        ("X-Forwarded-For: 203.0.113.9",),
        ("X-Forwarded-For: 203.0.113.9, 127.0.0.1", "X-Forwarded-Proto: https"),
        ("X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 203.0.113.8"),
        ("x_forwarded_for: 203.0.113.9",),
        ("X-Real-IP: 203.0.113.9", "Forwarded: for=203.0.113.9;proto=https"),
        ("X-Forwarded-Proto: https",),
    ],
)
def test_a_header_from_outside_is_not_believed(door: int, forged: tuple[str, ...]) -> None:
    assert seen(door, *forged, source=STRANGER) == (STRANGER, "http")


def test_the_address_and_scheme_that_the_named_proxy_reports_are_seen(door: int) -> None:
    reported = "X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: https"
    assert seen(door, *reported, source=PROXY) == ("203.0.113.7", "https")
    assert seen(door, "X-Forwarded-For: 2001:db8::7", source=PROXY) == ("2001:db8::7", "http")


@pytest.mark.parametrize("forged", ["198.51.100.1", "127.0.0.2", "198.51.100.1, 10.0.0.1", "nonsense"])
def test_over_two_hops_only_the_address_that_the_proxy_added_counts(door: int, forged: str) -> None:
    assert seen(door, f"X-Forwarded-For: {forged}, 203.0.113.7", source=PROXY)[0] == "203.0.113.7"
