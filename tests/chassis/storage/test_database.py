"""SQLite is opened so that its traps are shut, and faults that pass are told from faults that stay."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from services.chassis.core.errors import Contention, StartRefused, Transient, Unavailable
from services.chassis.storage.change_watch import ChangeWatch
from services.chassis.storage.database import open_engine, transient_of
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.shop import PARCELS, Shop


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "postgresql://x/y", "", "nonsense"])
def test_other_databases_are_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(StartRefused, match="DATABASE_URL"):
        open_engine(url)


def test_opening_makes_the_folder_but_not_before_it_is_used(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/new/shop.db")
    assert not (tmp_path / "new").exists()
    with engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
    assert found == PRAGMAS
    engine.dispose()


PRAGMAS = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}


class Told(psycopg.OperationalError):
    """An error of PostgreSQL with a state of our choice."""

    def __init__(self, state: str | None) -> None:
        super().__init__("told")
        self.sqlstate = state


class Lost(psycopg.InterfaceError):
    """What the driver says of a connection that is gone."""


def from_driver(error: Exception) -> sa.exc.DBAPIError:
    return sa.exc.DBAPIError("SELECT 1", {}, error)


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("told")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (from_driver(Told("40001")), Contention),
        (from_driver(Told("40P01")), Contention),
        (from_driver(Told("55P03")), Contention),
        (from_driver(Told("57P01")), Unavailable),
        (from_driver(Told("08006")), Unavailable),
        (from_driver(Told(None)), Unavailable),
        (from_driver(sqlite_error(sqlite3.SQLITE_BUSY)), Contention),
        (from_driver(sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT)), Contention),
        (from_driver(sqlite_error(sqlite3.SQLITE_IOERR)), Unavailable),
        (from_driver(sqlite_error(sqlite3.SQLITE_FULL)), Unavailable),
        (from_driver(Told("57014")), Unavailable),  # a statement took too long
        (from_driver(Told("53100")), Unavailable),  # the disk is full
        (from_driver(Told("58030")), Unavailable),  # the system under it fails
        (from_driver(Lost("the connection is closed")), Unavailable),
        (sa.exc.DBAPIError("SELECT 1", {}, psycopg.InternalError(), connection_invalidated=True), Unavailable),
        (Told(None), Unavailable),  # from the driver itself, when a connection is given back
        (Lost("the connection is closed"), Unavailable),
        (sa.exc.PendingRollbackError("lost before", code="8s2b"), Unavailable),
        (sa.exc.TimeoutError(), Unavailable),
        (Contention("x"), Contention),
    ],
)
def test_a_fault_that_passes_is_known(error: Exception, kind: type[Transient]) -> None:
    assert type(transient_of(error)) is kind


@pytest.mark.parametrize(
    "error",
    [
        from_driver(Told("23505")),
        from_driver(Told("42P01")),
        from_driver(sqlite_error(sqlite3.SQLITE_CONSTRAINT)),
        from_driver(sqlite_error(sqlite3.SQLITE_ERROR)),
        from_driver(psycopg.ProgrammingError("no such parameter")),
        sa.exc.PendingRollbackError("rolled back before"),
        sa.exc.ResourceClosedError("used after its end"),
        KeyError("x"),
    ],
)
def test_a_fault_that_stays_is_not_taken_for_one_that_passes(error: Exception) -> None:
    assert transient_of(error) is None


def test_a_database_that_is_not_there_is_unavailable() -> None:
    uow = UnitOfWork(open_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing"), Shop, source="/shop")
    with pytest.raises(Unavailable), uow.begin():
        pass


MANY_WRITES = """
import sys
from services.chassis.storage.database import open_engine
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.shop import PARCELS, Shop
uow = UnitOfWork(open_engine(sys.argv[1]), Shop, source="/shop")
for _ in range(50):
    with uow.begin() as shop:
        row = shop.connection.execute(PARCELS.select()).one()
        shop.connection.execute(PARCELS.update().values(taken=row.taken + 1))
"""


@pytest.mark.slow
def test_several_processes_write_without_a_word_about_locks(
    uow: UnitOfWork[Shop], engine: sa.Engine, tmp_path: Path
) -> None:
    with uow.begin() as shop:
        shop.add("van", room=1000)
    command = [sys.executable, "-c", MANY_WRITES, f"sqlite:///{tmp_path}/shop.db"]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [writer.communicate(timeout=60)[1] for writer in writers] == [""] * 4
    with engine.connect() as connection:
        assert connection.execute(sa.select(PARCELS.c.taken)).scalar_one() == 4 * 50


def test_a_watch_sees_what_others_commit_and_is_quiet_otherwise(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    watch = ChangeWatch(engine, anyway=3600)
    assert watch.changed()
    assert not watch.changed()
    with uow.begin() as shop:
        shop.add("p1")
        assert not watch.changed()
    assert watch.changed()
    assert not watch.changed()
    watch.close()
