"""What every local server is, and the ways of waiting, choosing a port and running by hand they share."""

from __future__ import annotations

import argparse
import random
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import NoReturn, Self

HOST = "127.0.0.1"
# Below the range from which systems give out ports for outgoing connections (32768 and up on Linux), so that a server
# that is stopped for a moment finds its port free again.
PORTS = range(15_000, 32_000)


class LocalServerError(Exception):
    """A local server cannot be had, or did not start. The message is one sentence for a person."""


class LocalServer:
    """A server of our own: start it, use its address, stop it."""

    def start(self) -> str:
        """Start, wait until it answers, and return its address. Raises `LocalServerError`."""
        raise LocalServerError(f"{type(self).__name__} does not say how to start")

    def stop(self) -> None:
        """Stop and leave nothing running. Stopping twice, or before starting, does nothing."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on at this moment."""
    for port in [*random.sample(PORTS, 50), 0]:
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise LocalServerError(f"No free port was found on {HOST}.")


def free_ports(count: int) -> list[int]:
    """Return several different ports that nobody listens on at this moment."""
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port())
    return sorted(found)


def is_taken(port: int) -> bool:
    """Tell whether another program holds this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def wait_until(ready: Callable[[], bool], seconds: float, what: str) -> None:
    """Ask `ready` again and again until it says yes; raise `LocalServerError` naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise LocalServerError(f"{what} did not answer within {seconds:.0f} seconds.")
        time.sleep(0.05)


def answers(port: int, question: bytes = b"", expected: bytes = b"") -> bool:
    """Tell whether something listens on `port` and answers `question` with something that begins as `expected`."""
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            connection.sendall(question)
            return not expected or connection.recv(len(expected)) == expected
    except OSError:
        return False


def run_by_hand(description: str, build: Callable[[Path], LocalServer]) -> NoReturn:
    """Be the main program of a local server: start it in `--dir`, print its address, wait for Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--dir", type=Path, required=True, help="folder for the files of the server")
    server = build(parser.parse_args().dir)
    signal.signal(signal.SIGTERM, _leave)
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
    """Return the address a started server gave."""
    return str(getattr(server, "address", ""))


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
