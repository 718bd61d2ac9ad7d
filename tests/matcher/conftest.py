"""Tests of a scenario run twice: in memory and on a SQLite file; with the mark ``stack`` on PostgreSQL as well."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.no_limits import NO_LIMITS
from services.chassis.service.settings import load
from services.chassis.storage.database import open_engine
from services.chassis.storage.migrations import migrate
from services.matcher.bootstrap import SERVICE
from services.matcher.settings import Settings
from tests.matcher.app_harness import Stage
from tests.matcher.memory import MemoryDatabase
from tests.matcher.scenario import Scenario
from tests.matcher.stores import TableDatabase
from tests.support.fakes import FixedClock

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.stack)]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the newest schema and nobody in it, to be copied."""
    path = tmp_path_factory.mktemp("matcher") / "empty.db"
    migrate(f"sqlite:///{path}", SERVICE.migrations)
    return path


@pytest.fixture
def database_url(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> str:
    if getattr(request, "param", "sqlite") == "postgres":
        from tests.support.stack import migrate_as_in_production, separated_url

        return migrate_as_in_production(separated_url(), SERVICE)
    shutil.copy(migrated, tmp_path / "matcher.db")
    return f"sqlite:///{tmp_path}/matcher.db"


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=["memory", "tables"])
def scenario(request: pytest.FixtureRequest, clock: FixedClock) -> Scenario:
    """A programme in memory and, the same story, in tables."""
    if request.param == "memory":
        return Scenario(MemoryDatabase(clock), clock)
    return Scenario(TableDatabase(request.getfixturevalue("engine"), clock), clock)


@pytest.fixture
def tables(engine: sa.Engine, clock: FixedClock) -> Scenario:
    """A programme in tables only."""
    return Scenario(TableDatabase(engine, clock), clock)


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    """A running matcher, without processes."""
    environ = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": database_url,
        "BROKER_URL": f"embedded://{tmp_path}/broker.db",
    } | NO_LIMITS
    stage = Stage(load(Settings, environ))
    yield stage
    stage.close()
