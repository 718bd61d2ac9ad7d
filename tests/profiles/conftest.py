"""A fresh profiles for each story: a copy of one migrated SQLite file."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.chassis.service.settings import load
from services.chassis.storage.migrations import migrate
from services.profiles.bootstrap import SERVICE
from services.profiles.settings import Settings
from tests.profiles.app_harness import Stage
from tests.support.stack import postgres_url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the newest schema and nobody in it."""
    path = tmp_path_factory.mktemp("profiles") / "empty.db"
    migrate(f"sqlite:///{path}", SERVICE.migrations)
    return path


def stage_at(migrated: Path, folder: Path, **settings: Any) -> Stage:
    """Open a profiles, on a copy of the migrated database unless told of another."""
    path = folder / "profiles.db"
    if "DATABASE_URL" not in settings:
        shutil.copy(migrated, path)
    environ = {
        "DATABASE_URL": f"sqlite:///{path}",
        "BROKER_URL": f"embedded://{folder}/broker.db",
        "SIGN_UP_LIMIT": "10000 per minute",
    }
    return Stage(load(Settings, environ | settings))


@pytest.fixture
def opened(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Stage]]:
    """Open a profiles with settings of one's own."""
    stages: list[Stage] = []

    def open_stage(**settings: Any) -> Stage:
        stages.append(stage_at(migrated, tmp_path_factory.mktemp("own"), **settings))
        return stages[-1]

    yield open_stage
    for stage in stages:
        stage.close()


@pytest.fixture(scope="session")
def usual(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A profiles as it comes, built once: building it takes longer than most stories."""
    stage = stage_at(migrated, tmp_path_factory.mktemp("usual"))
    yield stage
    stage.close()


@pytest.fixture
def stage(usual: Stage) -> Stage:
    """A profiles as it comes, with nobody in it."""
    usual.reset()
    return usual


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.stack)])
def either(request: pytest.FixtureRequest, opened: Callable[..., Stage]) -> Stage:
    """A profiles on each of the two databases."""
    if request.param == "sqlite":
        return opened()
    url = postgres_url()
    migrate(url, SERVICE.migrations)
    return opened(DATABASE_URL=url)
