"""A fresh profiles for each story: a copy of one migrated SQLite file."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.chassis.migrations import migrate
from services.chassis.settings import load
from services.profiles.bootstrap import SERVICE
from services.profiles.settings import Settings
from tests.profiles.stage import Stage


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the newest schema and nobody in it."""
    path = tmp_path_factory.mktemp("profiles") / "empty.db"
    migrate(f"sqlite:///{path}", SERVICE.migrations)
    return path


@pytest.fixture
def opened(migrated: Path, tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Open a profiles with settings of one's own."""
    stages: list[Stage] = []

    def open_stage(**settings: Any) -> Stage:
        path = tmp_path / f"profiles{len(stages)}.db"
        shutil.copy(migrated, path)
        environ = {
            "DATABASE_URL": f"sqlite:///{path}",
            "BROKER_URL": f"embedded://{tmp_path}/broker.db",
            "SIGN_UP_LIMIT": "10000 per minute",
        }
        stages.append(Stage(load(Settings, environ | settings)))
        return stages[-1]

    yield open_stage
    for stage in stages:
        stage.close()


@pytest.fixture
def stage(opened: Callable[..., Stage]) -> Stage:
    """A profiles as it comes."""
    return opened()
