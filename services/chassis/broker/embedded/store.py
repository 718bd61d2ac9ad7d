"""The SQLite file under the embedded broker: its tables, and how it is opened, read and written.

Written with `BEGIN IMMEDIATE` (a plain `BEGIN` fails under contention instead of waiting), in WAL mode, and with a
sync at every commit: a record that was acknowledged survives a power cut. What is deleted is overwritten
(`secure_delete`), so that a fact about a person is gone when its topic's retention says so.
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
    # member: who is to have it; held_by: who reads it now. A change of hands waits until the old one lets go.
    """CREATE TABLE assignments (
        grp TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, member TEXT NOT NULL, held_by TEXT,
        PRIMARY KEY (grp, topic, partition)) WITHOUT ROWID""",
)


def connect(path: Path) -> sqlite3.Connection:
    """Open the log, creating it when it is not there yet. Raises `BrokerUnavailable`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(path):
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
    """Run one write transaction, waiting for those of others. Raises `BrokerUnavailable` for whatever SQLite says."""
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
    """Say whatever SQLite says in our words."""
    try:
        yield
    except sqlite3.Error as error:
        raise BrokerUnavailable(f"the embedded broker cannot be read: {error}") from error


def data_version(connection: sqlite3.Connection) -> int:
    """Return a number that changes when any other connection has committed; asking costs next to nothing."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _create(connection: sqlite3.Connection) -> None:
    with writing(connection):
        for statement in _SCHEMA:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_VERSION}")


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Keep processes that start together from creating the file together."""
    with path.with_name(f"{path.name}.opening").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
