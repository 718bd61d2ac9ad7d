"""The HTTP endpoint for operators: liveness, readiness, metrics, and nothing else."""

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
from services.chassis.service.ops_endpoint import ops_endpoint, start_ops_endpoint
from services.chassis.service.service_settings import ServiceSettings
from services.chassis.service.settings import load
from tests.support.patience import PATIENCE


def fail() -> None:
    raise ConnectionError


HEALTHY = Health([Check("database", lambda: None, True)])
DEGRADED = Health([Check("broker", fail, False)])
UNREADY = Health([Check("database", fail, True)])


@pytest.fixture(name="free_port")
def reserved_port() -> int:
    return free_port()


def on(port: int, **environ: str) -> ServiceSettings:
    """Return the settings of a process with its endpoint on this port."""
    needed = {"ENVIRONMENT": "development", "DATABASE_URL": "sqlite:////no.db", "BROKER_URL": "embedded:////no.db"}
    return load(ServiceSettings, {**needed, "OPS_PORT": str(port), **environ})


def request(port: int, path: str, method: str = "GET", *, host: str = "127.0.0.1") -> tuple[int, str]:
    connection = HTTPConnection(host, port, timeout=PATIENCE)
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
    with ops_endpoint(on(free_port), health):
        code, body = request(free_port, "/readyz")
        assert (code, json.loads(body)["status"]) == (status, status_name)
        assert request(free_port, "/livez")[0] == 200


def test_readiness_is_answered_while_60_slow_callers_wait(free_port: int) -> None:
    with ops_endpoint(on(free_port), HEALTHY), ExitStack() as opened:
        for half in (b"", b"GET /readyz HT", b"GET /readyz HTTP/1.1\r\nHost: x\r\n") * 20:
            opened.enter_context(socket.create_connection(("127.0.0.1", free_port))).sendall(half)
        assert request(free_port, "/readyz")[0] == 200


def test_it_serves_metrics_and_nothing_else(free_port: int) -> None:
    metrics.OUTBOX_WAITING.set(7)
    with ops_endpoint(on(free_port), HEALTHY):
        status, figures = request(free_port, "/metrics")
        assert status == 200
        assert "cairn_outbox_waiting 7.0" in figures
        assert request(free_port, "/")[0] == 404
        assert request(free_port, "/livez", "POST")[0] == 405
        assert request(free_port, "/livez", "HEAD") == (200, "")


def test_port_zero_starts_no_server() -> None:
    assert start_ops_endpoint(on(0), HEALTHY) is None


@pytest.mark.parametrize(
    ("addresses", "answering"),
    [
        ({}, "127.0.0.1"),
        ({"HOST": "127.0.0.5"}, "127.0.0.5"),
        ({"HOST": "127.0.0.5", "OPS_HOST": "127.0.0.6"}, "127.0.0.6"),
        ({"OPS_HOST": "::1"}, "::1"),
    ],
)
def test_it_listens_on_ops_host_which_is_host_unless_given(
    addresses: dict[str, str], answering: str, free_port: int
) -> None:
    with ops_endpoint(on(free_port, **addresses), HEALTHY):
        for host in {"127.0.0.1", "127.0.0.5", "127.0.0.6", "::1"} - {answering}:
            with pytest.raises(ConnectionRefusedError):
                request(free_port, "/livez", host=host)
        assert request(free_port, "/livez", host=answering)[0] == 200


def test_a_taken_port_refuses_the_start_with_a_sentence(free_port: int) -> None:
    with (
        ops_endpoint(on(free_port), HEALTHY),
        pytest.raises(StartRefused, match=f"OPS_PORT {free_port} cannot be used on 127.0.0.1"),
        ops_endpoint(on(free_port), HEALTHY),
    ):
        pass
    with ops_endpoint(on(free_port), HEALTHY):  # and it is free again afterwards
        pass
