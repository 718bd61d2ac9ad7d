"""Unknown databases are refused, and transient faults are distinguished from permanent faults."""

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
from tests.support.patience import PATIENCE


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "postgresql://x/y", "", "nonsense"])
def test_other_databases_are_refused_with_a_message(url: str) -> None:
    with pytest.raises(StartRefused, match="DATABASE_URL"):
        open_engine(url)


class ServerError(psycopg.OperationalError):
    """An error of PostgreSQL with a given SQLSTATE."""

    def __init__(self, state: str | None) -> None:
        super().__init__("an error")
        self.sqlstate = state


class Lost(psycopg.InterfaceError):
    """The driver's error for a lost connection."""


def from_driver(error: Exception) -> sa.exc.DBAPIError:
    return sa.exc.DBAPIError("SELECT 1", {}, error)


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("an error")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (from_driver(ServerError("40001")), Contention),
        (from_driver(ServerError("40P01")), Contention),
        (from_driver(ServerError("55P03")), Contention),
        (from_driver(ServerError("57P01")), Unavailable),
        (from_driver(ServerError("08006")), Unavailable),
        (from_driver(ServerError(None)), Unavailable),
        (from_driver(sqlite_error(sqlite3.SQLITE_BUSY)), Contention),
        (from_driver(sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT)), Contention),
        (from_driver(sqlite_error(sqlite3.SQLITE_IOERR)), Unavailable),
        (from_driver(sqlite_error(sqlite3.SQLITE_FULL)), Unavailable),
        (from_driver(ServerError("57014")), Unavailable),  # a statement took too long
        (from_driver(ServerError("53100")), Unavailable),  # the disk is full
        (from_driver(ServerError("58030")), Unavailable),  # the server's operating system reports an error
        (from_driver(Lost("the connection is closed")), Unavailable),
        (sa.exc.DBAPIError("SELECT 1", {}, psycopg.InternalError(), connection_invalidated=True), Unavailable),
        (ServerError(None), Unavailable),  # from the driver itself, when a connection returns to the pool
        (Lost("the connection is closed"), Unavailable),
        (sa.exc.PendingRollbackError("lost before", code="8s2b"), Unavailable),
        (sa.exc.TimeoutError(), Unavailable),
        (Contention("x"), Contention),
    ],
)
def test_transient_faults_are_recognised(error: Exception, kind: type[Transient]) -> None:
    assert type(transient_of(error)) is kind


@pytest.mark.parametrize(
    "error",
    [
        from_driver(ServerError("23505")),
        from_driver(ServerError("42P01")),
        from_driver(sqlite_error(sqlite3.SQLITE_CONSTRAINT)),
        from_driver(sqlite_error(sqlite3.SQLITE_ERROR)),
        from_driver(psycopg.ProgrammingError("no such parameter")),
        sa.exc.PendingRollbackError("rolled back before"),
        sa.exc.ResourceClosedError("used after its end"),
        KeyError("x"),
    ],
)
def test_permanent_faults_are_not_transient(error: Exception) -> None:
    assert transient_of(error) is None


def test_an_unreachable_database_is_unavailable() -> None:
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
def test_several_processes_write_without_lock_errors(uow: UnitOfWork[Shop], engine: sa.Engine, tmp_path: Path) -> None:
    with uow.begin() as shop:
        shop.add("van", room=1000)
    command = [sys.executable, "-c", MANY_WRITES, f"sqlite:///{tmp_path}/shop.db"]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [writer.communicate(timeout=PATIENCE)[1] for writer in writers] == [""] * 4
    with engine.connect() as connection:
        assert connection.execute(sa.select(PARCELS.c.taken)).scalar_one() == 4 * 50


def test_a_watch_reports_commits_of_others_and_nothing_else(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    watch = ChangeWatch(engine, anyway=3600)
    assert watch.changed()
    assert not watch.changed()
    with uow.begin() as shop:
        shop.add("p1")
        assert not watch.changed()
    assert watch.changed()
    assert not watch.changed()
    watch.close()
