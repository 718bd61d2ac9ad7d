"""The SQLite file of the embedded broker: its tables, opening, reading and writing.

Written with ``BEGIN IMMEDIATE`` (a plain ``BEGIN`` fails under contention instead of waiting), in WAL mode, and with a
sync at every commit: an acknowledged record survives a power cut. Deleted records are overwritten (``secure_delete``),
so that facts about a person are gone when their topic's retention ends.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.chassis.broker.protocol import BrokerUnavailable

_VERSION = 1
_WAIT_S = 5.0
_SCHEMA = (
    """CREATE TABLE topics (
        name TEXT PRIMARY KEY, partitions INTEGER NOT NULL, retention_ms INTEGER NOT NULL, segment_ms INTEGER NOT NULL,
        max_message_bytes INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE partitions (
        topic TEXT NOT NULL REFERENCES topics, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL,
        PRIMARY KEY (topic, partition)) WITHOUT ROWID""",
    """CREATE TABLE records (
        topic TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL, key BLOB NOT NULL,
        value BLOB NOT NULL, headers TEXT NOT NULL, timestamp_ms INTEGER NOT NULL,
        PRIMARY KEY (topic, partition, offset)) WITHOUT ROWID""",
    """CREATE TABLE offsets (
        grp TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL,
        PRIMARY KEY (grp, topic, partition)) WITHOUT ROWID""",
    "CREATE TABLE groups (name TEXT PRIMARY KEY, generation INTEGER NOT NULL) WITHOUT ROWID",
    # polled_at: seconds of this machine's monotonic clock; topics: JSON list.
    """CREATE TABLE members (
        id TEXT PRIMARY KEY, grp TEXT NOT NULL, topics TEXT NOT NULL, polled_at REAL NOT NULL) WITHOUT ROWID""",
    # member: the member it is assigned to; held_by: the member that reads it now, until it releases it.
    """CREATE TABLE assignments (
        grp TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, member TEXT NOT NULL, held_by TEXT,
        PRIMARY KEY (grp, topic, partition)) WITHOUT ROWID""",
)


def connect(path: Path) -> sqlite3.Connection:
    """Open the log, creating it if it does not exist. Raises ``BrokerUnavailable``."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _opening_lock(path):
            connection = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                connection.execute("PRAGMA journal_mode = WAL")
                _create(connection)
    except (OSError, sqlite3.Error) as error:
        raise BrokerUnavailable(f"the embedded broker's file {path.name} cannot be opened: {error}") from error
    return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Run a write transaction, after waiting for the write lock. Raises ``BrokerUnavailable`` for SQLite's errors."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.rollback()
        raise BrokerUnavailable(f"the embedded broker did not take a change: {error}") from error


@contextmanager
def reading() -> Iterator[None]:
    """Raise SQLite's errors as ``BrokerUnavailable``."""
    try:
        yield
    except sqlite3.Error as error:
        raise BrokerUnavailable(f"the embedded broker cannot be read: {error}") from error


def data_version(connection: sqlite3.Connection) -> int:
    """Return a number that changes when any other connection commits; almost free to read."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _create(connection: sqlite3.Connection) -> None:
    with writing(connection):
        for statement in _SCHEMA:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_VERSION}")


@contextmanager
def _opening_lock(path: Path) -> Iterator[None]:
    """Serialise the creation of the file between processes that start at the same time."""
    with path.with_name(f"{path.name}.opening").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
