"""A house of its own for every story."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.storage.database import open_engine
from tests.notifications.memory_store import House, open_database


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    engine = open_engine(open_database(tmp_path))
    yield House(engine)
    engine.dispose()
