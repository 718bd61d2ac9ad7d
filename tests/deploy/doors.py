"""What the tests of the front doors share: requests written byte by byte, and a real nginx or the reason for none."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.layout import SERVICES
from deploy.local.nginx import NginxServer
from deploy.local.server import LocalServerError

PACKAGES = Path(__file__).resolve().parents[2] / "var" / "nginx"
PROXY, STRANGER = "127.0.0.1", "127.0.0.2"  # deploy/nginx.conf trusts the first; both are addresses of this machine


def ask(port: int, target: str, headers: tuple[str, ...] = (), *, source: str = PROXY) -> tuple[int, str]:
    """Send GET for exactly this target, with exactly these header lines, from an address; return status and body."""
    lines = [f"GET {target} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(source, 0)) as connection:
        connection.sendall("\r\n".join(lines).encode())
        with connection.makefile("rb") as answer:
            head, _, body = answer.read().partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode(errors="replace")


@contextmanager
def nginx(folder: Path, targets: Mapping[str, int]) -> Iterator[int]:
    """Run a real nginx in front of these ports; yield its port. Skip without one."""
    addresses = {service: f"127.0.0.1:{targets[service]}" for service in SERVICES}
    server = NginxServer(folder, addresses, PACKAGES)
    try:
        address = server.start()
    except LocalServerError as error:
        pytest.skip(f"NOT TESTED AGAINST THE REAL THING: {error}")
    try:
        yield int(address.rpartition(":")[2])
    finally:
        server.stop()
