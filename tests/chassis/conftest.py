"""Fixtures: a new shop in a SQLite file for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.storage.database import open_engine
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.shop import Shop, open_shop
from tests.support.fakes import FakeBroker


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/shop.db")
    yield engine
    engine.dispose()


@pytest.fixture
def uow(engine: sa.Engine) -> UnitOfWork[Shop]:
    return open_shop(engine)


@pytest.fixture
def broker() -> FakeBroker:
    return FakeBroker()
