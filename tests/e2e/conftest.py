"""One running system per set of parts, shared by the tests of a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.layout import embedded_parts
from deploy.local.server import free_port
from deploy.local.system import System
from tests.e2e.people import Stage
from tests.support.stack import real_parts

KINDS = [
    pytest.param("embedded", id="embedded"),
    pytest.param("real", id="real", marks=pytest.mark.stack),
]


@pytest.fixture(scope="module", params=KINDS)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Yield all services as processes behind one address, on embedded parts or on Kafka, PostgreSQL and Redis."""
    folder: Path = tmp_path_factory.mktemp(f"system-{request.param}")
    parts = embedded_parts(folder / "data") if request.param == "embedded" else real_parts()
    system = System(folder, parts=parts, port=free_port())
    system.migrate()
    system.start()
    try:
        yield Stage(system)
    finally:
        system.stop()
