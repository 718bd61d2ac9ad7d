"""The base class of local servers, with free ports, waiting, and running by hand."""

from __future__ import annotations

import argparse
import atexit
import random
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import NoReturn, Self

HOST = "127.0.0.1"
# Below the range that systems use for outgoing connections (32768 and up on Linux), so that the port of a stopped
# server is still free when it is restarted.
PORTS = range(15_000, 32_000)
RESERVATIONS = 256
_reservations: deque[socket.socket] = deque()


@atexit.register
def _end_reservations() -> None:
    for reservation in _reservations:
        reservation.close()


class LocalServerError(Exception):
    """A local server is not available or did not start. The message is one sentence for people."""


class LocalServer:
    """A server that can be started, used by its address, and stopped."""

    def start(self) -> str:
        """Start the server, wait until it answers, and return its address. Raises ``LocalServerError``."""
        raise LocalServerError(f"{type(self).__name__} does not say how to start")

    def stop(self) -> None:
        """Stop the server and leave nothing running. Stopping twice, or before starting, does nothing."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def free_port() -> int:
    """Return a port of 127.0.0.1 that is free, and reserve it for a server that this program starts.

    The reservation is a socket that is bound and never listens: no other ``free_port`` and no outgoing connection gets
    the port, and a server that sets SO_REUSEADDR, as all of ours do, can listen on it, again and again. It lasts as
    long as this program runs, or until ``RESERVATIONS`` newer ones were made.
    """
    for port in [*random.sample(PORTS, 50), 0]:
        reservation = socket.socket()
        try:
            reservation.bind((HOST, port))
        except OSError:
            reservation.close()
            continue
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # after bind, which has to find a free port
        _reservations.append(reservation)
        if len(_reservations) > RESERVATIONS:
            _reservations.popleft().close()
        return int(reservation.getsockname()[1])
    raise LocalServerError(f"No free port was found on {HOST}.")


def free_ports(count: int) -> list[int]:
    """Return ``count`` different ports, each as ``free_port`` does."""
    return [free_port() for _ in range(count)]


def is_taken(port: int) -> bool:
    """Return whether another program uses this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def wait_until(ready: Callable[[], bool], seconds: float, what: str) -> None:
    """Poll ``ready`` until it returns true; raise ``LocalServerError`` naming ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise LocalServerError(f"{what} did not answer within {seconds:.0f} seconds.")
        time.sleep(0.05)


def answers(port: int, question: bytes = b"", expected: bytes = b"") -> bool:
    """Return whether a server on ``port`` answers ``question`` with bytes that begin with ``expected``."""
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            connection.sendall(question)
            return not expected or connection.recv(len(expected)) == expected
    except OSError:
        return False


def run_by_hand(description: str, build: Callable[[Path], LocalServer]) -> NoReturn:
    """Run a local server as a program: start it in ``--dir``, print its address, wait for Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--dir", type=Path, required=True, help="folder for the files of the server")
    server = build(parser.parse_args().dir)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with server:
            print(f"{description.rstrip('.')} at {server_address(server)}. Ctrl-C stops it.", flush=True)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        sys.exit(0)
    except LocalServerError as error:
        sys.exit(str(error))


def server_address(server: LocalServer) -> str:
    """Return the address of a started server."""
    return str(getattr(server, "address", ""))


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
