"""A fresh profiles service for each test: a copy of one migrated SQLite file."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.no_limits import NO_LIMITS
from services.chassis.service.settings import load
from services.chassis.storage.migrations import migrate
from services.profiles.bootstrap import SERVICE
from services.profiles.settings import Settings
from tests.profiles.app_harness import Stage
from tests.support.stack import migrate_as_in_production, separated_url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty database with the newest schema."""
    path = tmp_path_factory.mktemp("profiles") / "empty.db"
    migrate(f"sqlite:///{path}", SERVICE.migrations)
    return path


def stage_at(migrated: Path, folder: Path, **settings: Any) -> Stage:
    """Open a profiles service, on a copy of the migrated database unless ``DATABASE_URL`` is given."""
    path = folder / "profiles.db"
    if "DATABASE_URL" not in settings:
        shutil.copy(migrated, path)
    environ = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": f"sqlite:///{path}",
        "BROKER_URL": f"embedded://{folder}/broker.db",
    } | NO_LIMITS
    return Stage(load(Settings, environ | settings))


@pytest.fixture
def opened(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Stage]]:
    """Return a function that opens a profiles service with the given settings."""
    stages: list[Stage] = []

    def open_stage(**settings: Any) -> Stage:
        stages.append(stage_at(migrated, tmp_path_factory.mktemp("own"), **settings))
        return stages[-1]

    yield open_stage
    for stage in stages:
        stage.close()


@pytest.fixture(scope="session")
def usual(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a profiles service with default settings, built once, because building it is slow."""
    stage = stage_at(migrated, tmp_path_factory.mktemp("usual"))
    yield stage
    stage.close()


@pytest.fixture
def stage(usual: Stage) -> Stage:
    """Return a profiles service with default settings and an empty database."""
    usual.reset()
    return usual


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.stack)])
def either(request: pytest.FixtureRequest, opened: Callable[..., Stage]) -> Stage:
    """Return a profiles service on each of the two databases."""
    if request.param == "sqlite":
        return opened()
    return opened(DATABASE_URL=migrate_as_in_production(separated_url(), SERVICE))
