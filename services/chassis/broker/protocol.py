"""The message broker's protocols: keyed records in partitions, consumer groups that share them, committed offsets.

There are two implementations, ``broker.kafka`` and ``broker.embedded``; the same contract suite tests both
(tests/contract/test_broker_contract.py, test_topics_contract.py). This module imports neither. Every broker guarantees:

* Records with the same key go to the same partition and are read in the order they were sent.
* Delivery is at least once: records that were polled and not committed are delivered again, to the partition's owner.
* A record counts as sent only when its own ``Delivery.result`` returned; a flush that returned proves nothing.
* Values are bytes. No layer below the subscriber parses them, so no record can hang a poll.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

Headers = Sequence[tuple[str, bytes]]
"""Record headers in order; a name may occur more than once."""


class BrokerError(Exception):
    """An error of the broker or of the connection to it."""


class BrokerUnavailable(BrokerError):
    """The broker did not answer in time. Whether it stored the record is unknown: retry, duplicates are expected."""


class RecordRefused(BrokerError):
    """The broker will never accept this record (for example, too large). Retrying does not help."""


class TopicMissing(BrokerError):
    """The topic does not exist. Topics are never created by use: call ``ensure_topics`` first."""


class TopicMismatch(BrokerError):
    """A topic exists with a setting that cannot be changed to the requested value."""


@dataclass(frozen=True, slots=True, order=True)
class TopicPartition:
    """A partition of a topic: the unit of ordering and of assignment to consumers."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Record:
    """A record in the log; ``value`` is exactly the bytes that were sent."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    timestamp_ms: int

    @property
    def topic_partition(self) -> TopicPartition:
        """Return the partition of the record."""
        return TopicPartition(self.topic, self.partition)

    def header(self, name: str) -> bytes | None:
        """Return the last value of a header (the last value wins in Kafka's own clients too), or None."""
        return next((value for header, value in reversed(self.headers) if header == name), None)


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """The required settings of a topic; ``Broker.ensure_topics`` applies them or raises the reason why it cannot.

    ``retention_ms`` is how long records stay, ``segment_ms`` how often a log file is closed: only closed files are
    deleted, so a record may live for the sum of the two.
    """

    name: str
    partitions: int
    retention_ms: int
    segment_ms: int
    replication: int = 1
    min_insync: int = 1
    max_message_bytes: int = 1_048_588

    def __post_init__(self) -> None:
        """Check the values; raises ValueError for settings that no broker accepts."""
        if min(self.partitions, self.retention_ms, self.segment_ms, self.replication, self.max_message_bytes) < 1:
            raise ValueError(f"topic {self.name!r}: every figure must be at least 1")
        if not 1 <= self.min_insync <= self.replication:
            raise ValueError(f"topic {self.name!r}: min_insync must lie between 1 and replication")


class Delivery(Protocol):
    """The pending result of sending a record."""

    def result(self, timeout: float) -> tuple[int, int]:
        """Wait at most ``timeout`` seconds and return (partition, offset).

        Raises ``BrokerUnavailable`` (send it again), ``RecordRefused`` (never send it again) or ``TopicMissing``.
        """
        ...


class Producer(Protocol):
    """Sends records to the broker. Thread-safe; create it after the fork."""

    def send(self, topic: str, key: bytes, value: bytes, headers: Headers = ()) -> Delivery:
        """Send a record. Never raises a ``BrokerError``: errors are raised by the delivery's ``result``.

        A record whose delivery failed may be overtaken by a later record, and may even be stored later: to keep a
        key's order through failures, have at most one of its records in flight.
        """
        ...

    def flush(self, timeout: float) -> None:
        """Send buffered records, waiting at most ``timeout`` seconds. Proves nothing: check each delivery."""
        ...

    def close(self, timeout: float = 5.0) -> None:
        """Send buffered records, waiting at most ``timeout`` seconds, and disconnect. A second close does nothing."""
        ...


class Consumer(Protocol):
    """A member of a consumer group. Not thread-safe; create it after the fork."""

    def poll(self, timeout_s: float, max_records: int = 100) -> Mapping[TopicPartition, Sequence[Record]]:
        """Wait at most ``timeout_s`` for records of the assigned partitions; return at most ``max_records`` in total.

        Each sequence is in order of offset. An empty result may also mean that the broker is away: judge health by
        ``lag`` and by progress, never by the absence of an error. Polling also shows that the member is alive: one
        that does not poll for minutes loses its partitions. Raises ``BrokerError`` when this consumer cannot go on:
        close it and create another.
        """
        ...

    def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """Commit, per partition, the next offset to read (the last handled offset plus one).

        Returns False, and raises nothing, when the commit failed: the partition belongs to another member now, the
        consumer is closed, or the broker is away. The records are delivered again, and the inbox drops them.
        """
        ...

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Continue reading the partition at ``offset``. Does nothing for a partition that is no longer assigned."""
        ...

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        """Return no records of these partitions from polls, which keep the membership alive. Ignores unassigned ones.

        A rebalance of the group may drop pauses and seeks, even for partitions that stay: reading then continues,
        unpaused, at the last committed offset.
        """
        ...

    def resume(self, partitions: Sequence[TopicPartition]) -> None:
        """End a pause. Ignores partitions that are not assigned or not paused."""
        ...

    def assignment(self) -> frozenset[TopicPartition]:
        """Return the partitions assigned as of the last poll."""
        ...

    def lag(self) -> Mapping[TopicPartition, int]:
        """Return, per assigned partition, the number of records ahead of the reading position.

        Raises ``BrokerUnavailable`` when the broker does not answer: an unknown lag is not a lag of zero.
        """
        ...

    def close(self) -> None:
        """Leave the group at once, without a commit, so that others take over. A second close does nothing."""
        ...

    def __enter__(self) -> Self:
        """Use the consumer in a ``with`` block."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        ...


class Reader(Protocol):
    """Reads single records by offset, without a group and without committing. Not thread-safe."""

    def record(self, partition: TopicPartition, offset: int) -> Record | None:
        """Return the record at exactly this offset, or None if there is none (deleted by retention, or never written).

        Raises ``BrokerUnavailable`` when the broker does not answer.
        """
        ...

    def __enter__(self) -> Self:
        """Use the reader in a ``with`` block."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        ...


class Broker(Protocol):
    """A factory of clients for a broker. Creating it does no I/O; clients connect when they are created."""

    def producer(self) -> Producer:
        """Return a new producer. Raises ``BrokerUnavailable`` when the client cannot connect."""
        ...

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """Return a new group member; a group new to a topic starts at its first record. May raise BrokerUnavailable."""
        ...

    def reader(self) -> Reader:
        """Return a reader of single records. May raise ``BrokerUnavailable``."""
        ...

    def ensure_topics(self, specs: Sequence[TopicSpec]) -> None:
        """Create missing topics, alter settings that differ, and check the result; a second call changes nothing.

        Raises ``TopicMismatch`` for changes that are impossible (fewer partitions, another replication), and
        ``BrokerUnavailable``.
        """
        ...

    def ping(self) -> bool:
        """Return True when the broker answers now. Raises ``BrokerUnavailable`` when it does not."""
        ...

    def describe(self) -> str:
        """Return a short description for logs and health pages, without secrets."""
        ...
