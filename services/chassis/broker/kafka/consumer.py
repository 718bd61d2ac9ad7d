"""The consumer of the Kafka broker: kafka-python's consumer without deserializers.

Pitfalls of kafka-python 3.0.12 and what we do about them (docs/decisions/0001-kafka-from-its-jars.md):

* A deserializer that raises hangs every later poll at that record: we use none.
* ``commit()`` without offsets commits everything that was polled, handled or not: we always pass offsets.
* A member that lost a partition and has joined again may commit its old offset over the new owner's: we commit only
  partitions that are assigned now.
* A poll that ends between a leader's JoinGroup and SyncGroup drops the answer: the member then has no partitions, sends
  no heartbeats, and never notices. The next poll requests an unfinished join again.
* ``poll()`` without a broker returns nothing and raises nothing: we read the lag, with a deadline.
* Already fetched records of a paused partition are set apart, and used after ``resume`` only if the fetcher's
  ``_next_partition_records`` is None; while an emptied one is left there, the partition is neither read nor fetched
  again. We remove an emptied one before each poll.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import kafka
from kafka import errors
from kafka.structs import OffsetAndMetadata
from kafka.structs import TopicPartition as KafkaPartition

from services.chassis.broker.kafka.clients import open_client
from services.chassis.broker.protocol import BrokerError, BrokerUnavailable, Record, TopicPartition

_SETTINGS: Mapping[str, object] = {
    "auto_offset_reset": "earliest",
    "enable_auto_commit": False,
    "allow_auto_create_topics": False,
    "max_poll_records": 100,
    "max_poll_interval_ms": 300_000,
    "fetch_max_wait_ms": 250,
    "request_timeout_ms": 15_000,
    "bootstrap_timeout_ms": 5_000,
    "reconnect_backoff_max_ms": 1_000,
    "metadata_max_age_ms": 10_000,  # new topics and partitions are noticed within this time
    "metrics_enabled": False,
}
_HEARTBEAT_MS = 1_000  # a member learns of a rebalance from the answer to a heartbeat
_COMMIT_MS = 5_000
_LAG_MS = 5_000
_CLOSE_MS = 5_000


class KafkaConsumer:
    """See ``protocol.Consumer``. ``connection`` holds the client settings; ``space`` is a prefix of all names."""

    def __init__(
        self,
        connection: Mapping[str, object],
        group: str,
        topics: Sequence[str],
        session_timeout_ms: int,
        space: str = "",
    ) -> None:
        self._closed = False
        self._space = space
        session = {"session_timeout_ms": session_timeout_ms, "heartbeat_interval_ms": _HEARTBEAT_MS}
        try:
            self._client: Any = open_client(
                kafka.KafkaConsumer,
                *(space + topic for topic in topics),
                group_id=space + group,
                **{**_SETTINGS, **session, **connection},
            )
        except errors.KafkaError as error:
            raise BrokerUnavailable(f"no consumer without an answer from Kafka: {error}") from error

    def poll(self, timeout_s: float, max_records: int = 100) -> Mapping[TopicPartition, Sequence[Record]]:
        """Wait at most ``timeout_s`` for records; see ``protocol.Consumer``."""
        if self._closed:
            raise BrokerError("the consumer is closed")
        self._remove_drained()
        try:
            polled = self._client.poll(timeout_ms=max(0, int(timeout_s * 1000)), max_records=max_records)
        except errors.KafkaError as error:
            if not error.retriable:
                raise BrokerError(f"polling: {error}") from error
            polled = {}
        self._request_unfinished_join()
        return {
            self._from_kafka(partition): tuple(to_record(raw, self._space) for raw in records)
            for partition, records in polled.items()
        }

    def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """Commit the next offsets to read; return False, without raising, when that failed."""
        assigned = self.assignment()
        committed = {
            self._to_kafka(place): OffsetAndMetadata(offset, "", -1)
            for place, offset in offsets.items()
            if place in assigned
        }
        if self._closed:
            return False
        try:
            self._client.commit(committed, timeout_ms=_COMMIT_MS)
        except errors.KafkaError:
            return False
        return len(committed) == len(offsets)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Continue reading at ``offset``, if the partition is assigned."""
        if partition in self.assignment():
            self._client.seek(self._to_kafka(partition), offset)

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        """Return no records of these partitions from polls."""
        assigned = self.assignment()
        self._client.pause(*(self._to_kafka(place) for place in partitions if place in assigned))

    def resume(self, partitions: Sequence[TopicPartition]) -> None:
        """End a pause."""
        assigned = self.assignment()
        self._client.resume(*(self._to_kafka(place) for place in partitions if place in assigned))

    def assignment(self) -> frozenset[TopicPartition]:
        """Return the partitions assigned as of the last poll."""
        return frozenset() if self._closed else frozenset(map(self._from_kafka, self._client.assignment() or ()))

    def lag(self) -> Mapping[TopicPartition, int]:
        """Return the number of records ahead of the reading position, from the broker."""
        assigned = self.assignment()
        if not assigned:
            return {}
        try:
            ends = self._client.end_offsets([self._to_kafka(place) for place in assigned], timeout_ms=_LAG_MS)
            positions = {place: self._client.position(self._to_kafka(place), timeout_ms=_LAG_MS) for place in assigned}
        except errors.KafkaError as error:
            raise BrokerUnavailable(f"the lag is not known: {error}") from error
        if any(position is None for position in positions.values()):
            raise BrokerUnavailable("the lag is not known: Kafka did not say where to read on")
        return {place: max(0, ends[self._to_kafka(place)] - position) for place, position in positions.items()}

    def close(self) -> None:
        """Leave the group without a commit."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(errors.KafkaError):
            self._client.close(autocommit=False, timeout_ms=_CLOSE_MS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _request_unfinished_join(self) -> None:
        """Make the next poll request a join again that the last poll left unfinished."""
        coordinator = self._client._coordinator  # not public; the version is pinned, and the contract suite covers it
        if coordinator.rejoining:
            coordinator.request_rejoin()

    def _remove_drained(self) -> None:
        """Let the fetcher continue a resumed partition: see the last pitfall above. Fixed releases lack the attribute.

        tests/contract/test_kafka_traps.py fails once this is no longer needed.
        """
        fetcher: Any = getattr(self._client, "_fetcher", None)
        fetched = getattr(fetcher, "_next_partition_records", None)
        if fetched is not None and not fetched:  # its truth value is whether records are left in it
            fetcher._next_partition_records = None

    def _from_kafka(self, partition: KafkaPartition) -> TopicPartition:
        return TopicPartition(partition.topic.removeprefix(self._space), partition.partition)

    def _to_kafka(self, partition: TopicPartition) -> KafkaPartition:
        return KafkaPartition(self._space + partition.topic, partition.partition)


def to_record(raw: Any, space: str) -> Record:
    """Convert a record of kafka-python; an absent key or value (a tombstone) becomes empty bytes."""
    headers = tuple((str(name), bytes(value or b"")) for name, value in raw.headers)
    topic = raw.topic.removeprefix(space)
    return Record(topic, raw.partition, raw.offset, raw.key or b"", raw.value or b"", headers, raw.timestamp)
