"""Fixtures: a new shop in a SQLite file for each test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.storage.database import open_engine
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.running import until
from tests.chassis.shop import Shop, open_shop
from tests.support.fakes import FakeBroker


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/shop.db")
    yield engine
    until(lambda: not _heartbeats(), within=20)  # the heartbeat of a lease that is not released goes on for ever
    engine.dispose()


def _heartbeats() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("lease ")]


@pytest.fixture
def uow(engine: sa.Engine) -> UnitOfWork[Shop]:
    return open_shop(engine)


@pytest.fixture
def broker() -> FakeBroker:
    return FakeBroker()
