"""Hypothesis profiles for all tests, without deadlines: a busy machine must not fail a property test."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

if "PYTEST_XDIST_WORKER" in os.environ:  # the processes that a worker's tests start are not measured
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)

settings.register_profile("cairn", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fast", parent=settings.get_profile("cairn"), max_examples=20)
settings.load_profile("cairn")


def is_local(family: int, address: Any) -> bool:
    """Return whether a socket address is on this machine; a name that is not an address counts only as localhost."""
    if family == socket.AF_UNIX:
        return True
    host = str(address[0])
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True, scope="session")
def _no_connection_leaves_this_machine() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _only_local(getattr(socket.socket, name)))
        yield


def _only_local(connect: Any) -> Any:
    def connect_locally(self: socket.socket, address: Any) -> Any:
        if not is_local(self.family, address):
            raise RuntimeError(f"a test wants to connect to {address}: tests stay on this machine")
        return connect(self, address)

    return connect_locally
