"""The consumer half of the Kafka broker: kafka-python's consumer, with bytes in and bytes out.

The traps, found in version 3.0.12 (docs/decisions/0001-kafka-from-its-jars.md):

* A deserializer that raises hangs every later poll at that record: there is none, ever.
* `commit()` without offsets keeps everything that was polled, handled or not: offsets are always given.
* A member that lost a partition and has joined again may commit its old offset over the new owner's: only
  partitions that are held now are committed.
* A poll that ends between a leader's JoinGroup and SyncGroup drops the answer: the member then holds nothing, sends no
  heartbeats, and never notices. An unfinished join is taken up again by the next poll.
* `poll()` without a broker returns nothing and raises nothing: the lag is asked for, with a deadline.
* Records of a paused partition that were fetched already are set apart, and taken up again after `resume` only where
  the fetcher's `_next_partition_records` is None; an emptied one is left standing there instead, and the partition is
  neither taken up nor fetched again, for ever. An emptied one is removed before each poll.
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
_HEARTBEAT_MS = 1_000  # a heartbeat's answer is how a member learns that the group shares anew
_COMMIT_MS = 5_000
_LAG_MS = 5_000
_CLOSE_MS = 5_000


class KafkaConsumer:
    """See `broker.Consumer`. `connection` is what says where the brokers are, `space` stands before every name."""

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
            self._client: Any = kafka.KafkaConsumer(
                *(space + topic for topic in topics),
                group_id=space + group,
                **{**_SETTINGS, **session, **connection},
            )
        except errors.KafkaError as error:
            raise BrokerUnavailable(f"no consumer without an answer from Kafka: {error}") from error

    def poll(self, timeout_s: float, max_records: int = 100) -> Mapping[TopicPartition, Sequence[Record]]:
        """Wait at most `timeout_s` for records; see `broker.Consumer`."""
        if self._closed:
            raise BrokerError("the consumer is closed")
        self._remove_drained()
        try:
            polled = self._client.poll(timeout_ms=max(0, int(timeout_s * 1000)), max_records=max_records)
        except errors.KafkaError as error:
            if not error.retriable:
                raise BrokerError(f"polling: {error}") from error
            polled = {}
        self._take_up_join()
        return {
            self._ours(partition): tuple(record_of(raw, self._space) for raw in records)
            for partition, records in polled.items()
        }

    def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """Keep the next offsets to read; False, and nothing raised, when they could not be kept."""
        held = self.assignment()
        kept = {
            self._theirs(place): OffsetAndMetadata(offset, "", -1) for place, offset in offsets.items() if place in held
        }
        if self._closed:
            return False
        try:
            self._client.commit(kept, timeout_ms=_COMMIT_MS)
        except errors.KafkaError:
            return False
        return len(kept) == len(offsets)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Go on reading at `offset`, if the partition is held."""
        if partition in self.assignment():
            self._client.seek(self._theirs(partition), offset)

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        """Let polls pass these over."""
        held = self.assignment()
        self._client.pause(*(self._theirs(place) for place in partitions if place in held))

    def resume(self, partitions: Sequence[TopicPartition]) -> None:
        """End a pause."""
        held = self.assignment()
        self._client.resume(*(self._theirs(place) for place in partitions if place in held))

    def assignment(self) -> frozenset[TopicPartition]:
        """Return the partitions held as of the last poll."""
        return frozenset() if self._closed else frozenset(map(self._ours, self._client.assignment() or ()))

    def lag(self) -> Mapping[TopicPartition, int]:
        """Return how many records lie ahead of the reading position, asking the broker."""
        held = self.assignment()
        if not held:
            return {}
        try:
            ends = self._client.end_offsets([self._theirs(place) for place in held], timeout_ms=_LAG_MS)
            positions = {place: self._client.position(self._theirs(place), timeout_ms=_LAG_MS) for place in held}
        except errors.KafkaError as error:
            raise BrokerUnavailable(f"the lag is not known: {error}") from error
        if any(position is None for position in positions.values()):
            raise BrokerUnavailable("the lag is not known: Kafka did not say where to read on")
        return {place: max(0, ends[self._theirs(place)] - position) for place, position in positions.items()}

    def close(self) -> None:
        """Leave the group, committing nothing."""
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

    def _take_up_join(self) -> None:
        """See to it that the next poll asks what became of a join that this one left unfinished."""
        coordinator = self._client._coordinator  # no public way; the version is pinned, and the contract suite watches
        if coordinator.rejoining:
            coordinator.request_rejoin()

    def _remove_drained(self) -> None:
        """Let the fetcher take up a resumed partition: see the last trap above. A release without it has no such name.

        tests/contract/test_kafka_traps.py says when this is needed no more.
        """
        fetcher: Any = getattr(self._client, "_fetcher", None)
        in_hand = getattr(fetcher, "_next_partition_records", None)
        if in_hand is not None and not in_hand:  # its truth value is whether records are left in it
            fetcher._next_partition_records = None

    def _ours(self, partition: KafkaPartition) -> TopicPartition:
        return TopicPartition(partition.topic.removeprefix(self._space), partition.partition)

    def _theirs(self, partition: TopicPartition) -> KafkaPartition:
        return KafkaPartition(self._space + partition.topic, partition.partition)


def record_of(raw: Any, space: str) -> Record:
    """Say one of Kafka's records in our words; an absent key or value (a tombstone) is empty."""
    headers = tuple((str(name), bytes(value or b"")) for name, value in raw.headers)
    topic = raw.topic.removeprefix(space)
    return Record(topic, raw.partition, raw.offset, raw.key or b"", raw.value or b"", headers, raw.timestamp)
