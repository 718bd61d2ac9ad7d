"""The HTTP endpoint of the background roles: liveness, readiness, metrics, and nothing else."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest

from deploy.local.server import free_port
from services.chassis.core.errors import StartRefused
from services.chassis.observability import metrics
from services.chassis.service.health import Check, Health
from services.chassis.service.ops_endpoint import ops_endpoint
from tests.support.patience import PATIENCE


def fail() -> None:
    raise ConnectionError


HEALTHY = Health([Check("database", lambda: None, True)])
DEGRADED = Health([Check("broker", fail, False)])
UNREADY = Health([Check("database", fail, True)])


@pytest.fixture(name="free_port")
def reserved_port() -> int:
    return free_port()


def request(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("health", "status", "status_name"), [(HEALTHY, 200, "ok"), (DEGRADED, 200, "degraded"), (UNREADY, 503, "unready")]
)
def test_readyz_shows_whether_the_process_can_do_its_work(
    health: Health, status: int, status_name: str, free_port: int
) -> None:
    with ops_endpoint(free_port, health, host="127.0.0.1") as port:
        code, body = request(port, "/readyz")
        assert (code, json.loads(body)["status"]) == (status, status_name)
        assert request(port, "/livez")[0] == 200


def test_readiness_is_answered_while_60_slow_callers_wait(free_port: int) -> None:
    with ops_endpoint(free_port, HEALTHY, host="127.0.0.1") as port, ExitStack() as opened:
        for half in (b"", b"GET /readyz HT", b"GET /readyz HTTP/1.1\r\nHost: x\r\n") * 20:
            opened.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(half)
        assert request(port, "/readyz")[0] == 200


def test_it_serves_metrics_and_nothing_else(free_port: int) -> None:
    metrics.OUTBOX_WAITING.set(7)
    with ops_endpoint(free_port, HEALTHY, host="127.0.0.1") as port:
        status, figures = request(port, "/metrics")
        assert status == 200
        assert "cairn_outbox_waiting 7.0" in figures
        assert request(port, "/")[0] == 404
        assert request(port, "/livez", "POST")[0] == 405
        assert request(port, "/livez", "HEAD") == (200, "")


def test_port_zero_starts_no_server() -> None:
    with ops_endpoint(0, HEALTHY) as port:
        assert port == 0


def test_a_taken_port_refuses_the_start_with_a_sentence(free_port: int) -> None:
    with (
        ops_endpoint(free_port, HEALTHY, host="127.0.0.1"),
        pytest.raises(StartRefused, match=f"OPS_PORT {free_port} is not free"),
        ops_endpoint(free_port, HEALTHY, host="127.0.0.1"),
    ):
        pass
    with ops_endpoint(free_port, HEALTHY, host="127.0.0.1"):  # and it is free again afterwards
        pass
