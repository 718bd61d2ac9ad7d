"""The front door passes on exactly what came, to whom it belongs, and stays calm when a service is away."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from deploy.local.front_door import ALIVE, FrontDoor
from deploy.local.server import free_port


class _Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked, and by whom."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        heard = f"{self.server.server_name_for_test} {self.command} {self.path} {self.rfile.read(length).decode()}"  # type: ignore[attr-defined]
        self.send_response(201)
        self.send_header("X-Caller", self.headers["X-Forwarded-For"])
        self.end_headers()
        self.wfile.write(heard.encode())

    do_POST = do_GET  # noqa: N815 - the name http.server asks for

    def log_message(self, *_: object) -> None:
        """Say nothing."""


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


def test_a_body_and_an_escaped_path_arrive_as_they_were_sent(door: Client) -> None:
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


def test_a_service_that_is_away_is_a_calm_answer_that_says_try_again(door: Client) -> None:
    answer = door.get("/notifications/v1/deliveries")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Nothing is lost" in answer.text


@pytest.mark.parametrize("path", ["/metrics", "/livez", "/readyz"])
def test_what_a_process_tells_its_keeper_is_not_for_people(door: Client, path: str) -> None:
    assert door.get(path).status_code == 404


def test_the_door_tells_that_it_is_there(door: Client) -> None:
    assert door.get(ALIVE).status_code == 200
