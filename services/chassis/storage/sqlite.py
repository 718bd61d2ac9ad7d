"""The engine of SQLite, the database of a single machine: several processes and threads share one file.

Pitfalls avoided here (sqlite.org/lang_transaction, and pysqlite's implicit transactions): a plain BEGIN that writes
later fails with "database is locked" under contention, so write transactions take the lock at once (BEGIN IMMEDIATE)
and wait for it; foreign keys are off by default; without WAL readers block writers; and the change to WAL does not wait
for a lock as statements do, it fails at once where another process opens the same new file.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event as sa_event

from services.chassis.core.backoff import Backoff
from services.chassis.core.errors import StartRefused

READ_ONLY = "cairn_read_only"
"""Execution option of connections with read-only transactions."""

BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
"""Primary error codes that say: another transaction holds the lock."""

_BUSY_SECONDS = 30
_PRAGMAS = ("foreign_keys=ON", "synchronous=FULL", "trusted_schema=OFF")


def open_sqlite(url: sa.URL, *, pool_size: int, max_overflow: int) -> sa.Engine:
    """Return an engine for the file that ``url`` names, whose folder is made. Raises StartRefused without a file."""
    if not url.database or url.database == ":memory:":
        raise StartRefused("DATABASE_URL must name a file: sqlite:////absolute/path.db")
    path = Path(url.database)
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=_BUSY_SECONDS,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
    )

    @sa_event.listens_for(engine, "do_connect")
    def create_folder(*_: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)

    @sa_event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # no implicit BEGIN by the driver: we choose its kind
        _use_wal(connection)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @sa_event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
        connection.exec_driver_sql("BEGIN DEFERRED" if reading else "BEGIN IMMEDIATE")

    return engine


def error_code(error: sqlite3.Error) -> int:
    """Return the primary error code of SQLite, or 0 for errors of the driver itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _use_wal(connection: sqlite3.Connection) -> None:
    """Set the journal mode, and wait for others who open the same file: SQLite's own wait leaves this statement out."""
    deadline = time.monotonic() + _BUSY_SECONDS
    pause = Backoff(first=0.005, longest=0.2)
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error_code(error) not in BUSY or time.monotonic() > deadline:
                raise
            time.sleep(pause.next())
        else:
            return
