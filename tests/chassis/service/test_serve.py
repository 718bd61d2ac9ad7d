"""The web server as a separate process: it starts, answers running requests before it ends, and exits cleanly."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from deploy.local.server import free_port
from tests.chassis.running import until
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


class Server:
    """A server process, its port and its log."""

    def __init__(self, folder: Path, port: int, **environ: str) -> None:
        self.port, self._log, self._output = port, folder / "log", folder / "output"
        with self._log.open("wb") as log, self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.chassis.web.serving", "api"],
                cwd=ROOT,
                env=dict(os.environ) | {"SHOP_PORT": str(port)} | environ,
                stderr=log,
                stdout=output,
            )

    def get(self, path: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path)
        answer = connection.getresponse()
        result = answer.status, answer.read()
        connection.close()
        return result

    def is_ready(self) -> bool:
        try:
            return self.get("/shop/livez")[0] == 200
        except OSError:
            return False

    def is_in_slow_request(self) -> bool:
        return self._output.read_bytes() != b""

    def worker(self) -> int:
        """Return the id of the process that answers, 0 for none."""
        try:
            return int(json.loads(self.get("/slow/x?seconds=0")[1])["pid"])
        except OSError:
            return 0

    def log(self) -> str:
        return self._log.read_text()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log().splitlines()]

    def wait(self) -> int:
        return self.process.wait(PATIENCE)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, free_port())
    until(server.is_ready)
    yield server
    server.process.kill()
    server.process.wait()


def test_running_requests_are_answered_before_the_server_exits_with_zero(server: Server) -> None:
    answers: list[tuple[int, bytes]] = []
    client = threading.Thread(target=lambda: answers.append(server.get("/slow/a-secret-token?seconds=1.5")))
    client.start()
    until(server.is_in_slow_request)
    server.process.send_signal(signal.SIGTERM)
    assert server.wait() == 0
    client.join(PATIENCE)
    assert [status for status, _ in answers] == [200]
    with pytest.raises(OSError, match="refused"):
        server.get("/shop/livez")


def test_hanging_requests_do_not_stop_the_server_from_ending(server: Server) -> None:
    hanging = socket.create_connection(("127.0.0.1", server.port))
    hanging.sendall(b"GET /slow/x?seconds=600 HTTP/1.1\r\nHost: x\r\n\r\n")
    half = socket.create_connection(("127.0.0.1", server.port))
    half.sendall(b"GET /shop/livez HTT")
    server.get("/shop/livez")
    server.process.send_signal(signal.SIGTERM)
    assert server.wait() == 0
    hanging.close()
    half.close()


def test_every_log_line_is_json_and_none_contains_a_path(server: Server) -> None:
    server.get("/slow/a-secret-token?seconds=0")
    with socket.create_connection(("127.0.0.1", server.port)) as odd:
        odd.sendall(b"GET /mail-token-9 HTTP/9.9\r\nX: y\r\n\r\n")
        odd.recv(100)
    server.process.send_signal(signal.SIGTERM)
    server.wait()
    [request] = [line for line in server.lines() if line["event"] == "request"]
    assert request["route"] == "/slow/<token>"
    assert "a-secret-token" not in server.log()
    assert "mail-token-9" not in server.log()


def test_the_app_is_built_in_one_worker_which_is_replaced_when_it_dies(server: Server) -> None:
    worker = server.worker()
    assert worker not in {0, server.process.pid}
    os.kill(worker, signal.SIGKILL)
    until(lambda: server.worker() not in {0, worker})


def test_a_taken_port_ends_the_start_with_one_sentence(server: Server, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    second = Server(tmp_path / "second", server.port)
    assert second.wait() == 2
    assert f"PORT {server.port} cannot be used" in second.log()
    assert "Traceback" not in second.log()


def test_an_app_that_refuses_to_start_prints_the_reason(tmp_path: Path) -> None:
    refusing = Server(tmp_path, free_port(), SHOP_REFUSES="1")
    assert refusing.wait() == 2
    assert "SHOP_REFUSES is set: please unset it" in refusing.log()


def test_no_control_socket_is_opened(server: Server) -> None:
    opened = Path("/proc/net/unix").read_text() if Path("/proc/net/unix").exists() else ""
    assert "gunicorn" not in opened
    assert server.process.poll() is None
