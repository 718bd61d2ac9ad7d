"""The two brokers as the contract suite sees them, and a member of a group in a process of its own."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import kafka

from services.chassis.broker.open_broker import open_broker
from services.chassis.broker.protocol import Broker, Consumer, Producer, Record, TopicPartition, TopicSpec
from services.chassis.core.clock import monotonic

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
DAY_MS = 86_400_000


def a_topic(name: str = "letters", partitions: int = 4, retention_ms: int = 7 * DAY_MS) -> TopicSpec:
    return TopicSpec(name, partitions, retention_ms, segment_ms=DAY_MS)


@dataclass
class Ground:
    """A broker at `url` with nothing in it, and what the tests do with it over and over."""

    url: str
    restart: Callable[[], None] | None = None
    _consumers: list[Consumer] = field(default_factory=list)
    _producers: list[Producer] = field(default_factory=list)

    def broker(self) -> Broker:
        return open_broker(self.url, "contract")

    def with_topic(self, spec: TopicSpec | None = None) -> Broker:
        broker = self.broker()
        broker.ensure_topics([spec or a_topic()])
        return broker

    def producer(self) -> Producer:
        producer = self.broker().producer()
        self._producers.append(producer)
        return producer

    def consumer(self, group: str = "readers", topics: Sequence[str] = ("letters",)) -> Consumer:
        consumer = self.broker().consumer(group, topics)
        self._consumers.append(consumer)
        return consumer

    def send(self, *letters: tuple[str, str]) -> list[tuple[int, int]]:
        """Send (key, value) letters in their order; returns where each lies."""
        producer = self.producer()
        deliveries = [producer.send("letters", key.encode(), value.encode()) for key, value in letters]
        producer.flush(10)
        return [delivery.result(10) for delivery in deliveries]

    def forget(self, topic: str, partition: int, before: int) -> None:
        """Take away the records of a partition before an offset, as retention does after its days."""
        if self.url.startswith("embedded://"):
            with sqlite3.connect(self.url.removeprefix("embedded://")) as log:
                where = "topic = ? AND partition = ? AND offset < ?"
                log.execute(f"DELETE FROM records WHERE {where}", (topic, partition, before))  # noqa: S608
            return
        servers, _, space = self.url.removeprefix("kafka://").partition("/")
        admin = kafka.KafkaAdminClient(bootstrap_servers=servers)
        admin.delete_records({kafka.TopicPartition(f"{space}.{topic}", partition): before})
        admin.close()

    def clean_up(self) -> None:
        for consumer in self._consumers:
            consumer.close()
        for producer in self._producers:
            producer.close()


def read(consumer: Consumer, count: int, *, commit: bool = False, within: float = PATIENCE_S) -> list[Record]:
    """Poll until there are `count` records, and return them in the order they came."""
    records: list[Record] = []
    deadline = monotonic() + within
    while len(records) < count:
        assert monotonic() < deadline, f"only {len(records)} of {count} records came"
        found = consumer.poll(0.2)
        records += [record for batch in found.values() for record in batch]
        if commit and found:
            assert consumer.commit(ends(found))
    return records


def poll_one(consumer: Consumer) -> Record:
    """Poll until one record comes; the client has then most likely fetched more than it hands out."""
    deadline = monotonic() + PATIENCE_S
    while not (found := consumer.poll(0.2, max_records=1)):
        assert monotonic() < deadline, "no record came"
    [[record]] = found.values()
    return record


def read_all(consumers: Sequence[Consumer], count: int) -> list[Record]:
    """Let all members poll in turn until they have `count` records between them."""
    records: list[Record] = []
    deadline = monotonic() + PATIENCE_S
    while len(records) < count:
        assert monotonic() < deadline, f"only {len(records)} of {count} records came"
        records += [record for consumer in consumers for batch in consumer.poll(0.1).values() for record in batch]
    return records


def ends(found: Mapping[TopicPartition, Sequence[Record]]) -> dict[TopicPartition, int]:
    return {place: batch[-1].offset + 1 for place, batch in found.items()}


def poll_until(done: Callable[[], bool], *consumers: Consumer, seconds: float = 0.1) -> list[Record]:
    """Let all members poll in turn until `done`; returns what they read on the way."""
    records: list[Record] = []
    deadline = monotonic() + PATIENCE_S
    while not done():
        assert monotonic() < deadline, "it did not come about"
        for consumer in consumers:
            records += [record for batch in consumer.poll(seconds).values() for record in batch]
    return records


@contextmanager
def another_process(url: str, group: str) -> Iterator[subprocess.Popen[str]]:
    """Run a member elsewhere that reads letters, prints each value, and commits nothing; it is killed with -9."""
    command = [sys.executable, "-m", "tests.contract.member", url, group]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
