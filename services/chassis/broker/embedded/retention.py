"""Retention of the embedded broker: producers and consumers delete records older than their topic's retention."""

from __future__ import annotations

import sqlite3

from services.chassis.core.clock import Clock, monotonic

SWEEP_EVERY_S = 60.0


class Sweeper:
    """Deletes expired records on its first call, then once a minute at most."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._swept_at: float | None = None

    def due(self) -> bool:
        """Return whether the next sweep would run."""
        return self._swept_at is None or monotonic() - self._swept_at >= SWEEP_EVERY_S

    def sweep(self, log: sqlite3.Connection) -> None:
        """If due, delete in each partition the records before the first unexpired record. Inside a transaction."""
        if not self.due():
            return
        self._swept_at = monotonic()
        now = now_ms(self._clock)
        partitions = log.execute(
            "SELECT p.topic, p.partition, t.retention_ms FROM partitions p JOIN topics t ON t.name = p.topic"
        ).fetchall()
        for topic, partition, retention_ms in partitions:
            log.execute(
                """DELETE FROM records WHERE topic = :topic AND partition = :partition AND offset < COALESCE(
                       (SELECT offset FROM records
                        WHERE topic = :topic AND partition = :partition AND timestamp_ms >= :oldest
                        ORDER BY offset LIMIT 1), 9223372036854775807)""",
                {"topic": topic, "partition": partition, "oldest": now - retention_ms},
            )


def now_ms(clock: Clock) -> int:
    """Return the current time in milliseconds since 1970."""
    return int(clock.now().timestamp() * 1000)
