"""What a message broker is to us: records with keys in partitions, groups that share them, offsets that are kept.

Two brokers stand behind these protocols, `kafka_broker` and `log_broker`, and one contract suite holds both to them
(tests/contract/test_broker_contract.py). Nothing here knows either. What every broker promises:

* Records of one key go to one partition and come back in the order they were sent.
* Delivery is at least once: whatever was polled and not committed comes again, to whoever holds the partition then.
* A record counts as sent only when its own `Delivery.result` returned; a flush that returned proves nothing.
* Values are bytes. Nobody below the subscriber parses them, so no record can hang a poll.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

Headers = Sequence[tuple[str, bytes]]
"""Record headers in their order; a name may come twice."""


class BrokerError(Exception):
    """Anything the broker or the way to it refused."""


class BrokerUnavailable(BrokerError):
    """No answer in time, or none at all. Nothing is known to be stored: try again, duplicates are expected."""


class RecordRefused(BrokerError):
    """The broker will never take this record (too large, say). Trying again does not help."""


class TopicMissing(BrokerError):
    """The topic does not exist, and topics are never created by using them: call `ensure_topics` first."""


class TopicMismatch(BrokerError):
    """A topic exists with a setting that cannot be altered into what was asked for."""


@dataclass(frozen=True, slots=True, order=True)
class TopicPartition:
    """One partition of one topic: the unit of order and of sharing."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it lies in the log; `value` is exactly the bytes that were sent."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    timestamp_ms: int

    @property
    def topic_partition(self) -> TopicPartition:
        """Where the record lies."""
        return TopicPartition(self.topic, self.partition)

    def header(self, name: str) -> bytes | None:
        """Return the last value of a header (the last one wins in Kafka's own clients too), or None."""
        return next((value for known, value in reversed(self.headers) if known == name), None)


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as our code wants it; `Broker.ensure_topics` makes it so or says why it cannot.

    `retention_ms` is how long records stay, `segment_ms` how often a log file is closed: only closed files are
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
        """Refuse what no broker could hold."""
        if min(self.partitions, self.retention_ms, self.segment_ms, self.replication, self.max_message_bytes) < 1:
            raise ValueError(f"topic {self.name!r}: every figure must be at least 1")
        if not 1 <= self.min_insync <= self.replication:
            raise ValueError(f"topic {self.name!r}: min_insync must lie between 1 and replication")


class Delivery(Protocol):
    """The fate of one record that was handed to a producer."""

    def result(self, timeout: float) -> tuple[int, int]:
        """Wait at most `timeout` seconds for (partition, offset).

        Raises `BrokerUnavailable` (send it again), `RecordRefused` (never send it again) or `TopicMissing`.
        """
        ...


class Producer(Protocol):
    """Hands records to the broker. Safe to use from several threads; build it after the fork."""

    def send(self, topic: str, key: bytes, value: bytes, headers: Headers = ()) -> Delivery:
        """Hand over one record. Never raises a `BrokerError`: what went wrong is told by the delivery.

        A record whose delivery went wrong may be overtaken by one handed over behind it, and may even be stored
        later: to keep a key's order through failures, have at most one of its records on the way.
        """
        ...

    def flush(self, timeout: float) -> None:
        """Push out what is buffered, for at most `timeout` seconds. Proves nothing: ask each delivery."""
        ...

    def close(self, timeout: float = 5.0) -> None:
        """Send what is buffered, for at most `timeout` seconds, and let go. A second close does nothing."""
        ...


class Consumer(Protocol):
    """One member of a group. Not for several threads; build it after the fork."""

    def poll(self, timeout_s: float, max_records: int = 100) -> Mapping[TopicPartition, Sequence[Record]]:
        """Wait at most `timeout_s` for records of the partitions held now; at most `max_records` altogether.

        Each sequence is in order of offset. An empty answer may also mean that the broker is away: judge
        health by `lag` and by progress, never by the absence of an error. Polling is also the sign of life:
        a member that does not poll for minutes loses its partitions. Raises `BrokerError` when this consumer
        cannot go on: close it and build another.
        """
        ...

    def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """Keep, per partition, the next offset to read (the last one handled, plus one).

        Returns False, and raises nothing, when it could not be kept: the partition has gone to another member,
        the consumer is closed, or the broker is away. The records will come again, and the inbox drops them.
        """
        ...

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Go on reading this partition at `offset`. Does nothing for a partition that is not held any more."""
        ...

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        """Let polls pass these partitions over, while polling keeps the membership alive. Ignores those not held.

        Whenever the group shares its partitions anew, pauses and seeks may be forgotten, also for partitions that
        stay: reading then goes on, unpaused, at the last committed offset.
        """
        ...

    def resume(self, partitions: Sequence[TopicPartition]) -> None:
        """End a pause. Ignores partitions that are not held or not paused."""
        ...

    def assignment(self) -> frozenset[TopicPartition]:
        """Return the partitions held as of the last poll."""
        ...

    def lag(self) -> Mapping[TopicPartition, int]:
        """Return, per partition held, how many records lie ahead of the reading position.

        Raises `BrokerUnavailable` when the broker does not answer: an unknown lag is not a lag of zero.
        """
        ...

    def close(self) -> None:
        """Leave the group at once, so that others take over, committing nothing. A second close does nothing."""
        ...

    def __enter__(self) -> Self:
        """Use the consumer in a `with` block."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        ...


class Reader(Protocol):
    """Reads single records where they lie, in no group and moving no offset. Not for several threads."""

    def record(self, partition: TopicPartition, offset: int) -> Record | None:
        """Return the record at this very offset; None when it is not there (retention took it, or it never was).

        Raises `BrokerUnavailable` when the broker does not say.
        """
        ...

    def __enter__(self) -> Self:
        """Use the reader in a `with` block."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        ...


class Broker(Protocol):
    """The way to one broker. Building it touches nothing; its clients connect when they are asked for."""

    def producer(self) -> Producer:
        """Return a new producer. Raises `BrokerUnavailable` when the client cannot be built without an answer."""
        ...

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """Join a group. A group new to a topic begins at its earliest record. May raise `BrokerUnavailable`."""
        ...

    def reader(self) -> Reader:
        """Return a reader of single records. May raise `BrokerUnavailable`."""
        ...

    def ensure_topics(self, specs: Sequence[TopicSpec]) -> None:
        """Create what is missing, alter what differs, and check the outcome; a second call changes nothing.

        Raises `TopicMismatch` for what cannot be altered (fewer partitions, or another replication), and
        `BrokerUnavailable`.
        """
        ...

    def ping(self) -> bool:
        """Return True when the broker answers now. Raises `BrokerUnavailable` when it does not."""
        ...

    def describe(self) -> str:
        """Return a phrase for logs and health pages, without secrets."""
        ...
