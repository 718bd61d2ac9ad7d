"""A harness for the two brokers of the contract suite, and a group member in a separate process."""

from __future__ import annotations

import json
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
from tests.support.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
DAY_MS = 86_400_000


def a_topic(name: str = "letters", partitions: int = 4, retention_ms: int = 7 * DAY_MS) -> TopicSpec:
    return TopicSpec(name, partitions, retention_ms, segment_ms=DAY_MS)


@dataclass
class BrokerHarness:
    """An empty broker at ``url``, with the steps that tests repeat."""

    url: str
    restart: Callable[[], None] | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    _consumers: list[Consumer] = field(default_factory=list)
    _producers: list[Producer] = field(default_factory=list)

    def broker(self) -> Broker:
        return open_broker(self.url, "contract", self.settings)

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
        """Send (key, value) letters in order; return the partition and offset of each."""
        producer = self.producer()
        deliveries = [producer.send("letters", key.encode(), value.encode()) for key, value in letters]
        producer.flush(PATIENCE)
        return [delivery.result(PATIENCE) for delivery in deliveries]

    def expire(self, topic: str, partition: int, before: int) -> None:
        """Delete the records of a partition before an offset, as retention does."""
        if self.url.startswith("embedded://"):
            with sqlite3.connect(self.url.removeprefix("embedded://")) as log:
                where = "topic = ? AND partition = ? AND offset < ?"
                log.execute(f"DELETE FROM records WHERE {where}", (topic, partition, before))  # noqa: S608
            return
        servers, _, space = self.url.removeprefix("kafka://").partition("/")
        admin = kafka.KafkaAdminClient(bootstrap_servers=servers, **self.settings)
        admin.delete_records({kafka.TopicPartition(f"{space}.{topic}", partition): before})
        admin.close()

    def close(self) -> None:
        for consumer in self._consumers:
            consumer.close()
        for producer in self._producers:
            producer.close()


def read(consumer: Consumer, count: int, *, commit: bool = False) -> list[Record]:
    """Poll until there are ``count`` records; return them in order of arrival."""
    records: list[Record] = []
    deadline = monotonic() + PATIENCE
    while len(records) < count:
        assert monotonic() < deadline, f"only {len(records)} of {count} records came"
        batches = consumer.poll(0.2)
        records += [record for batch in batches.values() for record in batch]
        if commit and batches:
            assert consumer.commit(next_offsets(batches))
    return records


def poll_one(consumer: Consumer) -> Record:
    """Poll until one record arrives; the client has then probably fetched more than it returned."""
    deadline = monotonic() + PATIENCE
    while not (batches := consumer.poll(0.2, max_records=1)):
        assert monotonic() < deadline, "no record came"
    [[record]] = batches.values()
    return record


def read_all(consumers: Sequence[Consumer], count: int) -> list[Record]:
    """Poll with all members in turn until they have read ``count`` records in total."""
    records: list[Record] = []
    deadline = monotonic() + PATIENCE
    while len(records) < count:
        assert monotonic() < deadline, f"only {len(records)} of {count} records came"
        records += [record for consumer in consumers for batch in consumer.poll(0.1).values() for record in batch]
    return records


def next_offsets(batches: Mapping[TopicPartition, Sequence[Record]]) -> dict[TopicPartition, int]:
    return {place: batch[-1].offset + 1 for place, batch in batches.items()}


def poll_until(done: Callable[[], bool], *consumers: Consumer, seconds: float = 0.1) -> list[Record]:
    """Poll with all members in turn until ``done``; return the records read meanwhile."""
    records: list[Record] = []
    deadline = monotonic() + PATIENCE
    while not done():
        assert monotonic() < deadline, "the condition did not become true"
        for consumer in consumers:
            records += [record for batch in consumer.poll(seconds).values() for record in batch]
    return records


@contextmanager
def member_process(harness: BrokerHarness, group: str) -> Iterator[subprocess.Popen[str]]:
    """Run a member in another process that prints letters and commits nothing; kill it with SIGKILL at the end."""
    command = [sys.executable, "-m", "tests.contract.member", harness.url, group, json.dumps(harness.settings)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
