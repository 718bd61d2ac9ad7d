"""Every story is told twice: in memory and on a real SQLite file; those marked `stack` on PostgreSQL as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.database import open_engine
from services.matcher.adapters.schema import migrate
from tests.matcher.houses import TableHouse
from tests.matcher.memory import MemoryHouse
from tests.matcher.world import World
from tests.support.fakes import FixedClock

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.stack)]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if getattr(request, "param", "sqlite") == "postgres":
        from tests.support.stack import postgres_url

        return postgres_url()
    return f"sqlite:///{tmp_path}/matcher.db"


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    migrate(database_url)
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=["memory", "tables"])
def world(request: pytest.FixtureRequest, clock: FixedClock) -> World:
    """A programme in memory and, the same story, in tables."""
    if request.param == "memory":
        return World(MemoryHouse(clock), clock)
    return World(TableHouse(request.getfixturevalue("engine"), clock), clock)


@pytest.fixture
def tables(engine: sa.Engine, clock: FixedClock) -> World:
    """A programme in tables only."""
    return World(TableHouse(engine, clock), clock)
