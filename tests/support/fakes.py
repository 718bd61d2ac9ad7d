"""Fakes for tests: a clock that does not move by itself, and a broker in memory that can be made to fail.

The broker follows services/chassis/broker/protocol.py; the contract suite tests the real ones.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self
from zlib import crc32

import sqlalchemy as sa

from services.chassis.broker.protocol import BrokerError, BrokerUnavailable, Headers, Record, TopicPartition, TopicSpec


class FixedClock:
    """A clock that moves only by ``forward``; ``read`` replaces the time of the database (``read_now=clock.read``)."""

    def __init__(self, now: datetime = datetime(2030, 1, 31, 12, tzinfo=UTC)) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def read(self, connection: sa.Connection) -> datetime:
        return self.time

    def forward(self, step: timedelta) -> None:
        self.time += step


@dataclass
class FakeDelivery:
    """The result of sending one record, decided at the time of sending."""

    outcome: tuple[int, int] | BrokerError

    def result(self, timeout: float) -> tuple[int, int]:
        if isinstance(self.outcome, BrokerError):
            raise self.outcome
        return self.outcome


@dataclass
class FakeBroker:
    """A broker with logs in memory, shared by its producers and consumers.

    ``away`` makes every call raise BrokerUnavailable. ``fate`` is called with each record to send; if it returns an
    error, the delivery raises it. With ``stored_anyway`` the record is stored all the same (a lost answer).
    """

    partitions: int = 2
    away: bool = False
    fate: Callable[[Record], BrokerError | None] = lambda _: None
    stored_anyway: bool = False
    log: dict[TopicPartition, list[Record]] = field(default_factory=lambda: defaultdict(list))
    committed: dict[tuple[str, TopicPartition], int] = field(default_factory=dict)
    commits: list[tuple[TopicPartition, int]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def producer(self) -> FakeProducer:
        self.must_answer()
        return FakeProducer(self)

    def consumer(self, group: str, topics: Sequence[str]) -> FakeConsumer:
        self.must_answer()
        return FakeConsumer(self, group, topics)

    def reader(self) -> FakeReader:
        self.must_answer()
        return FakeReader(self)

    def ensure_topics(self, specs: Sequence[TopicSpec]) -> None:
        self.must_answer()

    def ping(self) -> bool:
        self.must_answer()
        return True

    def describe(self) -> str:
        return "a broker in memory"

    def must_answer(self) -> None:
        if self.away:
            raise BrokerUnavailable("set to be away")

    def place(self, topic: str, key: bytes) -> TopicPartition:
        return TopicPartition(topic, crc32(key) % self.partitions)

    def put(self, topic: str, key: bytes, value: bytes, headers: Headers = ()) -> Record:
        """Append any record to the log, without ``away`` or ``fate``."""
        with self.lock:
            place = self.place(topic, key)
            record = Record(topic, place.partition, len(self.log[place]), key, value, tuple(headers), 0)
            self.log[place].append(record)
            return record

    def records(self, topic: str) -> list[Record]:
        """Return all records of a topic; records of one key are in order."""
        return [record for place, log in sorted(self.log.items()) if place.topic == topic for record in log]


@dataclass
class FakeProducer:
    broker: FakeBroker

    def send(self, topic: str, key: bytes, value: bytes, headers: Headers = ()) -> FakeDelivery:
        if self.broker.away:
            return FakeDelivery(BrokerUnavailable("set to be away"))
        place = self.broker.place(topic, key)
        error = self.broker.fate(Record(topic, place.partition, -1, key, value, tuple(headers), 0))
        if error is not None and not self.broker.stored_anyway:
            return FakeDelivery(error)
        record = self.broker.put(topic, key, value, headers)
        return FakeDelivery(error or (record.partition, record.offset))

    def flush(self, timeout: float) -> None:
        """Do nothing: every record is stored at once."""

    def close(self, timeout: float = 5.0) -> None:
        """Do nothing: nothing is open."""


@dataclass
class FakeReader:
    broker: FakeBroker

    def record(self, partition: TopicPartition, offset: int) -> Record | None:
        return next((record for record in self.broker.log[partition] if record.offset == offset), None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Do nothing: nothing is open."""


class FakeConsumer:
    """The only member of its group, assigned every partition of its topics."""

    def __init__(self, broker: FakeBroker, group: str, topics: Sequence[str]) -> None:
        self.broker = broker
        self.group = group
        self.held = frozenset(TopicPartition(topic, n) for topic in topics for n in range(broker.partitions))
        self.position = {place: broker.committed.get((group, place), 0) for place in self.held}
        self.paused: set[TopicPartition] = set()
        self.closed = False

    def poll(self, timeout_s: float, max_records: int = 100) -> Mapping[TopicPartition, Sequence[Record]]:
        if self.broker.away:
            return {}
        batches: dict[TopicPartition, Sequence[Record]] = {}
        for place in sorted(self.held - self.paused):
            start = self.position[place]
            records = self.broker.log[place][start : start + max_records]
            if records:
                batches[place] = records
                self.position[place] = records[-1].offset + 1
        if not batches:
            threading.Event().wait(min(timeout_s, 0.01))
        return batches

    def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        if self.closed or self.broker.away:
            return False
        for place, offset in offsets.items():
            self.broker.committed[self.group, place] = offset
            self.broker.commits.append((place, offset))
        return True

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.position[partition] = offset

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        self.paused.update(partitions)

    def resume(self, partitions: Sequence[TopicPartition]) -> None:
        self.paused.difference_update(partitions)

    def assignment(self) -> frozenset[TopicPartition]:
        return self.held

    def lag(self) -> Mapping[TopicPartition, int]:
        self.broker.must_answer()
        return {place: len(self.broker.log[place]) - self.position[place] for place in self.held}

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
