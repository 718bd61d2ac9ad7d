"""The producer of the embedded broker: buffered records are written in one transaction per flush."""

from __future__ import annotations

import json
import sqlite3
import threading
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from services.chassis.broker.embedded.retention import Sweeper, now_ms
from services.chassis.broker.embedded.store import connect, writing
from services.chassis.broker.protocol import (
    BrokerError,
    BrokerUnavailable,
    Delivery,
    Headers,
    RecordRefused,
    TopicMissing,
)
from services.chassis.core.clock import Clock

_FLUSH_AT = 500


class LogProducer:
    """See ``protocol.Producer``. Records are written when a result is requested, at a flush, or when 500 wait."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        self._connection = connect(path)
        self._lock = threading.RLock()
        self._buffer: list[LogDelivery] = []
        self._closed = False
        self._sweeper = Sweeper(clock)

    def send(self, topic: str, key: bytes, value: bytes, headers: Headers = ()) -> Delivery:
        """Buffer a record; the returned delivery has its result."""
        delivery = LogDelivery(self, topic, key, value, tuple(headers))
        with self._lock:
            if self._closed:
                delivery.outcome = BrokerUnavailable("the producer is closed")
                return delivery
            self._buffer.append(delivery)
            if len(self._buffer) >= _FLUSH_AT:
                self.flush(0)
        return delivery

    def flush(self, timeout: float) -> None:
        """Write the buffered records. Takes at most as long as the wait for the file's lock (5 s)."""
        del timeout
        with self._lock:
            batch, self._buffer = self._buffer, []
            if not batch:
                return
            try:
                with writing(self._connection) as log:
                    outcomes = [self._append(log, delivery) for delivery in batch]
                    self._sweeper.sweep(log)
            except BrokerUnavailable as error:
                outcomes = [error] * len(batch)
            for delivery, outcome in zip(batch, outcomes, strict=True):
                delivery.outcome = outcome

    def close(self, timeout: float = 5.0) -> None:
        """Write the buffered records and close the file."""
        with self._lock:
            if not self._closed:
                self.flush(timeout)
                self._closed = True
                self._connection.close()

    def _append(self, log: sqlite3.Connection, sent: LogDelivery) -> tuple[int, int] | BrokerError:
        """Append a record to its partition; return (partition, offset) or the error."""
        topic = log.execute("SELECT partitions, max_message_bytes FROM topics WHERE name = ?", (sent.topic,)).fetchone()
        if topic is None:
            return TopicMissing(f"there is no topic {sent.topic!r}")
        headers = json.dumps([[name, content.hex()] for name, content in sent.headers])
        size = len(sent.key) + len(sent.value) + sum(len(name) + len(content) for name, content in sent.headers)
        if size > topic[1]:
            return RecordRefused(f"{size} bytes are more than the {topic[1]} that topic {sent.topic!r} takes")
        partition = zlib.crc32(sent.key) % topic[0]
        place = (sent.topic, partition)
        (offset,) = log.execute(
            "SELECT next_offset FROM partitions WHERE topic = ? AND partition = ?", place
        ).fetchone()
        log.execute("UPDATE partitions SET next_offset = ? WHERE topic = ? AND partition = ?", (offset + 1, *place))
        log.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*place, offset, sent.key, sent.value, headers, now_ms(self._clock)),
        )
        return partition, offset


@dataclass(eq=False, slots=True)
class LogDelivery:
    """The pending result of a record; requesting it writes the buffered records."""

    producer: LogProducer
    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    outcome: tuple[int, int] | BrokerError | None = field(default=None)

    def result(self, timeout: float) -> tuple[int, int]:
        """Return (partition, offset), or raise the error; see ``protocol.Delivery``."""
        if self.outcome is None:
            self.producer.flush(timeout)
        outcome = self.outcome
        if isinstance(outcome, BrokerError):
            raise outcome
        if outcome is None:
            raise BrokerUnavailable("the record was not written")
        return outcome
