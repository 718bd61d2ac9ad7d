"""A fresh notifications service for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.storage.database import open_engine
from tests.notifications.memory_store import ServiceHarness, open_database


@pytest.fixture
def service(tmp_path: Path) -> Iterator[ServiceHarness]:
    engine = open_engine(open_database(tmp_path))
    yield ServiceHarness(engine)
    engine.dispose()
