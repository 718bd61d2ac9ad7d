"""Slow callers keep nobody waiting and are cut; odd requests get problem details. On a real server process."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.local.server import free_port
from tests.chassis.running import until
from tests.chassis.service.test_serve import Server
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.slow

POST = b"POST /echo HTTP/1.1\r\nHost: x\r\n"
SLOW = {
    "nothing": b"",
    "half a line": b"GET /shop/liv",
    "half a head": b"GET /shop/livez HTTP/1.1\r\nHost: x\r\n",
    "half a body": POST + b"Content-Length: 60000\r\n\r\nhalf",
    "half the chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    "half a size": POST + b"Transfer-Encoding: chunked\r\n\r\n",
}
Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a server with four threads."""
    servers: list[Server] = []

    def started(patience: float) -> Server:
        servers.append(Server(tmp_path, free_port(), SHOP_PATIENCE=str(patience)))
        until(servers[-1].is_ready)
        return servers[-1]

    yield started
    for server in servers:
        server.process.kill()
        server.process.wait()


def connect(server: Server, raw: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    connection.sendall(raw)
    return connection


def answer(connection: socket.socket) -> bytes:
    """Return all that the server sends until it closes the connection."""
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def ask(server: Server, raw: bytes) -> bytes:
    with connect(server, raw) as connection:
        return answer(connection)


def trickle(connections: list[socket.socket], stop: threading.Event) -> None:
    """Send a byte a second on each connection."""
    while not stop.wait(1):
        for connection in connections:
            try:
                connection.send(b"1")
            except OSError:
                continue


def test_others_are_served_while_60_slow_callers_send_a_byte_a_second(start: Start) -> None:
    server, stop = start(100_000), threading.Event()
    with ExitStack() as opened:
        slow = [opened.enter_context(connect(server, raw)) for raw in list(SLOW.values()) * 10]
        sender = threading.Thread(target=trickle, args=(slow, stop))
        sender.start()
        opened.callback(sender.join)
        opened.callback(stop.set)
        for path in ("/shop/livez", "/shop/readyz", "/slow/x?seconds=0") * 5:
            assert server.get(path)[0] == 200
        for connection in slow:  # none was cut meanwhile
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):
                connection.recv(1)


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_caller_is_cut(start: Start, name: str) -> None:
    server, stop = start(1), threading.Event()
    with connect(server, SLOW[name]) as connection:
        sender = threading.Thread(target=trickle, args=([connection], stop))
        if SLOW[name]:
            sender.start()
        received = answer(connection)
        stop.set()
        if SLOW[name]:
            sender.join()
    assert received[:13] in ((b"HTTP/1.1 408 ", b"") if SLOW[name] else (b"",))  # a late byte may reset the answer


def test_a_slow_caller_is_told_why(start: Start) -> None:
    received = ask(start(1), SLOW["half a body"])
    assert problem_in(received) == (408, "too_slow")


def test_callers_that_never_close_keep_nobody_waiting(start: Start) -> None:
    server = start(100_000)
    with ExitStack() as opened:
        for _ in range(60):
            opened.enter_context(connect(server, b"GET /shop/livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        for _ in range(5):
            assert server.get("/shop/livez")[0] == 200


def test_a_request_in_single_bytes_and_the_next_at_once_are_answered(start: Start) -> None:
    raw = POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    last = POST + b"Content-Length: 3\r\nConnection: close\r\n\r\nbye"
    with connect(start(1000), b"") as connection:
        for place in range(len(raw)):
            connection.send(raw[place : place + 1])
        connection.sendall(raw[:20])
        connection.sendall(raw[20:] + last)
        received = answer(connection)
    assert re.findall(rb'"length": ?(\d+)', received) == [b"5", b"5", b"3"]


def test_a_caller_that_waits_for_100_continue_is_answered(start: Start) -> None:
    head = POST + b"Content-Length: 5\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n"
    with connect(start(1000), head) as connection:
        assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")
        assert b'"length":5' in answer(connection).replace(b" ", b"")


def problem_in(received: bytes) -> tuple[int, str]:
    """Return status and code of an answer with problem details."""
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.lower(), received
    problem = json.loads(body)
    assert int(head.split(b" ")[1]) == problem["status"]
    return problem["status"], problem["code"]


CLOSE = b"Connection: close\r\n"
ODD = {
    "two lengths": (POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400),
    "two different lengths": (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
    "a list of lengths": (POST + b"Content-Length: 5, 5\r\n\r\nhello", 400),
    "a negative length": (POST + b"Content-Length: -5\r\n\r\n", 400),
    "a length and chunks": (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "a chunk without size": (POST + CLOSE + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    "another transfer coding": (POST + b"Transfer-Encoding: gzip\r\n\r\n", 400),
    "a folded header": (POST + b"X: a\r\n b\r\n\r\n", 400),
    "a header without a name": (POST + b": x\r\n\r\n", 400),
    "a long address": (b"GET /" + b"x" * 5_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    "an endless address": (b"GET /" + b"x" * 100_000, 414),
    "a long header": (b"GET / HTTP/1.1\r\nX: " + b"x" * 9_000 + b"\r\n\r\n", 431),
    "many headers": (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 150 + b"\r\n", 431),
    "endless headers": (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000, 431),
    "a long body": (POST + b"Content-Length: 70000\r\n\r\n" + b"x" * 70_000, 413),
    "a long body that never comes": (POST + b"Content-Length: 9000000000\r\n\r\n", 413),
    "long chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n11171\r\n" + b"x" * 70_001 + b"\r\n0\r\n\r\n", 413),
    "tiny chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 70_000, 413),
    "a compressed body": (POST + CLOSE + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b", 415),
    "another version": (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400),
}


def test_odd_requests_get_problem_details_and_others_are_served(start: Start) -> None:
    server = start(1000)
    answers = {name: problem_in(ask(server, raw))[0] for name, (raw, _) in ODD.items()}
    assert answers == {name: status for name, (_, status) in ODD.items()}
    assert server.get("/shop/livez")[0] == 200


def test_a_caller_that_leaves_in_the_middle_of_a_body_leaves_nothing_behind(start: Start) -> None:
    server = start(1000)
    for _ in range(20):
        connect(server, POST + b"Content-Length: 5\r\n\r\nhel").close()
    assert server.get("/shop/livez")[0] == 200
    assert "Traceback" not in server.log()
