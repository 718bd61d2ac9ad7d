"""The front door forwards requests unchanged to the right service, and answers 503 when a service is unavailable."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from deploy.local.front_door import ALIVE, FrontDoor
from deploy.local.server import free_port


class _Echo(BaseHTTPRequestHandler):
    """Answers with the request that it received, and with the caller's address in a header."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        received = f"{self.server.server_name_for_test} {self.command} {self.path} {self.rfile.read(length).decode()}"  # type: ignore[attr-defined]
        self.send_response(201)
        self.send_header("X-Caller", self.headers["X-Forwarded-For"])
        self.end_headers()
        self.wfile.write(received.encode())

    do_POST = do_GET  # noqa: N815 - the name that http.server requires

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def door() -> Iterator[Client]:
    servers = {}
    for service in ("profiles", "matcher"):
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
        server.server_name_for_test = service  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers[service] = server
    targets = {service: f"http://127.0.0.1:{server.server_port}" for service, server in servers.items()}
    targets["notifications"] = f"http://127.0.0.1:{free_port()}"
    yield Client(FrontDoor(targets), Response)
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/", "profiles"),
        ("/nowhere", "profiles"),
        ("/profiles/v1/people", "profiles"),
        ("/introductions/abc", "profiles"),
        ("/matcher/v1/matches?mine=true", "matcher"),
        ("/offers/abc", "matcher"),
        ("/matches/abc/confirm", "matcher"),
    ],
)
def test_each_path_goes_to_the_service_that_owns_it(door: Client, path: str, service: str) -> None:
    assert door.get(path).text.startswith(f"{service} GET {path}")


def test_a_body_and_an_escaped_path_are_forwarded_unchanged(door: Client) -> None:
    answer = door.post(
        "/matcher/a%2Fb%C3%A9?q=%20", data="naïve", environ_overrides={"RAW_URI": "/matcher/a%2Fb%C3%A9?q=%20"}
    )
    assert answer.status_code == 201
    assert answer.text == "matcher POST /matcher/a%2Fb%C3%A9?q=%20 naïve"


def test_a_caller_cannot_claim_another_address(door: Client) -> None:
    answer = door.get(
        "/matcher/x", headers={"X-Forwarded-For": "9.9.9.9"}, environ_overrides={"REMOTE_ADDR": "1.2.3.4"}
    )
    assert answer.headers["X-Caller"] == "1.2.3.4"


def test_an_unavailable_service_answers_503_with_retry_after(door: Client) -> None:
    answer = door.get("/notifications/v1/deliveries")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "try again" in answer.text


def test_the_front_door_has_a_liveness_path(door: Client) -> None:
    assert door.get(ALIVE).status_code == 200
