"""The embedded broker: a durable log in a SQLite file, for a single machine.

Several processes of the machine may produce and consume at once; the file must be on a local disk (locks do not work
over network file systems). For a second machine, set ``BROKER=kafka``: the guarantees are the same, tested by the same
contract suite. Replication and ``min_insync`` have no effect here: there is one copy, on one disk.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from services.chassis.broker.embedded.consumer import LogConsumer
from services.chassis.broker.embedded.group_member import reassign_partitions
from services.chassis.broker.embedded.producer import LogProducer
from services.chassis.broker.embedded.reader import LogReader
from services.chassis.broker.embedded.store import connect, reading, writing
from services.chassis.broker.protocol import Consumer, Producer, Reader, TopicMismatch, TopicSpec
from services.chassis.core.clock import Clock, SystemClock


class LogBroker:
    """See ``protocol.Broker``.

    A live member that does not poll for ``silence_s`` seconds is replaced; a dead member at once.
    """

    def __init__(self, path: Path, clock: Clock | None = None, *, silence_s: float = 300.0) -> None:
        self._path = path
        self._clock = clock or SystemClock()
        self._silence_s = silence_s

    def producer(self) -> Producer:
        """Return a new producer."""
        return LogProducer(self._path, self._clock)

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """Return a new group member."""
        return LogConsumer(self._path, group, topics, self._clock, self._silence_s)

    def reader(self) -> Reader:
        """Return a reader of single records."""
        return LogReader(self._path)

    def ensure_topics(self, specs: Sequence[TopicSpec]) -> None:
        """Create missing topics and alter settings that differ, in one transaction."""
        with contextlib.closing(connect(self._path)) as connection, writing(connection) as log:
            changed = [spec.name for spec in specs if _ensure(log, spec)]
            if changed:
                for (group,) in log.execute("SELECT name FROM groups").fetchall():
                    reassign_partitions(log, group)

    def ping(self) -> bool:
        """Return True when the file can be written."""
        with contextlib.closing(connect(self._path)) as connection, reading():
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        return True

    def describe(self) -> str:
        """Name the file."""
        return f"the embedded broker for one machine, in {self._path.name}"


def _ensure(log: sqlite3.Connection, spec: TopicSpec) -> bool:
    """Create or alter a topic by its spec; return whether it has new partitions."""
    row = log.execute("SELECT partitions FROM topics WHERE name = ?", (spec.name,)).fetchone()
    existing = 0 if row is None else int(row[0])
    if existing > spec.partitions:
        raise TopicMismatch(f"topic {spec.name!r} has {existing} partitions, and cannot have {spec.partitions}")
    log.execute(
        """INSERT INTO topics VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET
               partitions = excluded.partitions, retention_ms = excluded.retention_ms,
               segment_ms = excluded.segment_ms, max_message_bytes = excluded.max_message_bytes""",
        (spec.name, spec.partitions, spec.retention_ms, spec.segment_ms, spec.max_message_bytes),
    )
    for partition in range(existing, spec.partitions):
        log.execute("INSERT INTO partitions VALUES (?, ?, 0)", (spec.name, partition))
    return existing < spec.partitions
