"""Database engines and statements with the same behaviour on SQLite (single machine) and PostgreSQL (production)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from sqlalchemy import exc

from services.chassis.core.errors import Contention, StartRefused, Transient, Unavailable
from services.chassis.storage.postgres import BACKGROUND, Timeouts, open_postgres
from services.chassis.storage.sqlite import BUSY, error_code, open_sqlite

_CONTENTION = frozenset({"40001", "40P01", "55P03"})  # serialisation failure, deadlock, lock not available
# The server is shut down, crashed, starting, full or short of resources, or it ended a wait that took too long.
_AWAY = frozenset(
    {"57P01", "57P02", "57P03", "57P05", "57014", "25P03", "25P04", "53000", "53100", "53200", "53300", "53400"}
)
_AWAY_CLASSES = ("08", "58")  # connection faults, system faults of the server
_NO_DISK = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN})
_LOST_BEFORE = "8s2b"  # SQLAlchemy: the connection of this transaction was lost, but is still in use
_Q = TypeVar("_Q", bound=sa.Select[Any])


def open_engine(url: str, *, pool_size: int = 5, max_overflow: int = 59, timeouts: Timeouts = BACKGROUND) -> sa.Engine:
    """Return an engine for ``sqlite:////abs/path.db`` or ``postgresql+psycopg://...``; it connects when first used.

    Create it after the fork. Raises StartRefused for other URLs. ``timeouts`` applies to PostgreSQL.
    """
    try:
        parsed = sa.make_url(url)
    except exc.ArgumentError as error:
        raise StartRefused("DATABASE_URL is not a database address") from error
    if parsed.drivername == "sqlite":
        return open_sqlite(parsed, pool_size=pool_size, max_overflow=max_overflow)
    if parsed.drivername == "postgresql+psycopg":
        return open_postgres(parsed, pool_size=pool_size, max_overflow=max_overflow, timeouts=timeouts)
    raise StartRefused("DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://")


def is_sqlite(engine: sa.Engine | sa.Connection) -> bool:
    """Return whether the database is SQLite."""
    return engine.dialect.name == "sqlite"


def database_now(connection: sa.Connection) -> datetime:
    """Return the database's time in UTC: the same clock for all processes. PostgreSQL: the transaction's start."""
    if is_sqlite(connection):
        text = connection.exec_driver_sql("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')").scalar_one()
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    now: datetime = connection.exec_driver_sql("SELECT now()").scalar_one()
    return now.astimezone(UTC)


def for_update(query: _Q) -> _Q:
    """Lock the selected rows until the transaction ends. On SQLite the transaction has the write lock already."""
    return query.with_for_update()


def insert_or_skip(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Insert a row unless its keys exist; return whether it was inserted.

    On PostgreSQL this waits for another transaction that is inserting the same row; its outcome decides the result.
    """
    return bool(insert_new(connection, table, [values]))


def insert_new(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> list[sa.Row[Any]]:
    """Insert rows in one statement, skipping those whose keys exist; return the keys of the inserted rows."""
    if not rows:
        return []
    return list(connection.execute(_insert_new(connection.dialect.name, table), rows))


def upsert(
    connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]], *, kept: Sequence[str] = ()
) -> None:
    """Insert rows, or update the given columns of rows that exist; columns in ``kept`` are only inserted."""
    if rows:
        connection.execute(_upsert(connection.dialect.name, table, tuple(rows[0]), tuple(kept)), rows)


# Statements are cached: building and comparing a statement costs more than executing it for a row.
@cache
def _insert_new(dialect: str, table: sa.Table) -> Any:
    return insert_of(dialect, table).on_conflict_do_nothing().returning(*table.primary_key.columns)


@cache
def _upsert(dialect: str, table: sa.Table, names: tuple[str, ...], kept: tuple[str, ...]) -> Any:
    keys = list(table.primary_key.columns)
    insert = insert_of(dialect, table)
    changing = {name: insert.excluded[name] for name in names if table.c[name] not in set(keys) and name not in kept}
    return insert.on_conflict_do_update(index_elements=keys, set_=changing)


def conflict_insert(connection: sa.Connection, table: sa.Table) -> Any:
    """Return the dialect's INSERT, with ``on_conflict_do_update`` and ``on_conflict_do_nothing`` on both databases."""
    return insert_of(connection.dialect.name, table)


def insert_of(dialect: str, table: sa.Table) -> Any:
    """Return the INSERT of a dialect by its name, for cached statements."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        return sqlite_insert(table)
    from sqlalchemy.dialects.postgresql import insert as postgres_insert

    return postgres_insert(table)


def transient_of(error: BaseException) -> Transient | None:
    """Return a Transient for a temporary fault, or None for faults that would recur every time.

    The error may come from our code, from SQLAlchemy, or from the driver itself (for example when a connection returns
    to the pool).
    """
    if isinstance(error, Transient):
        return error
    if isinstance(error, exc.TimeoutError):
        return Unavailable("no database connection became free in time")
    if isinstance(error, exc.PendingRollbackError) and error.code == _LOST_BEFORE:
        return Unavailable("the connection to the database was lost")
    if isinstance(error, exc.DBAPIError):
        return _of_driver(error.orig, lost=error.connection_invalidated)
    return _of_driver(error)


def _of_driver(error: BaseException | None, *, lost: bool = False) -> Transient | None:
    """Classify an error of sqlite3 or psycopg; ``lost``: the connection is known to be gone."""
    if isinstance(error, sqlite3.Error):
        code = error_code(error)
        if code in BUSY:
            return Contention("the database is busy")
        return Unavailable("the disk of the database does not take or give anything") if code in _NO_DISK else None
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    if state in _CONTENTION:
        return Contention("the database chose another transaction")
    # Without a SQLSTATE the server has not answered: libpq could not reach it, or lost the connection.
    lost = lost or (isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and state is None)
    if lost or state in _AWAY or (state or "").startswith(_AWAY_CLASSES):
        return Unavailable("the database does not answer")
    return None
