"""Reads single records from Kafka by offset, without a group: for operators who redrive dead letters."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import kafka
from kafka import errors
from kafka.structs import TopicPartition as KafkaPartition

from services.chassis.broker.kafka.clients import open_client
from services.chassis.broker.protocol import BrokerUnavailable, Record, TopicPartition
from services.chassis.core.clock import monotonic

_SETTINGS: Mapping[str, object] = {
    "group_id": None,
    "enable_auto_commit": False,
    "auto_offset_reset": "earliest",
    "allow_auto_create_topics": False,
    "bootstrap_timeout_ms": 5_000,
    "request_timeout_ms": 15_000,
    "metrics_enabled": False,
}
_ANSWER_S = 10.0


class KafkaReader:
    """See ``protocol.Reader``. ``to_record`` converts records of kafka-python; ``space`` is a prefix of all topics."""

    def __init__(self, connection: Mapping[str, object], to_record: Callable[[Any], Record], space: str = "") -> None:
        self._to_record = to_record
        self._space = space
        try:
            self._client: Any = open_client(kafka.KafkaConsumer, **{**_SETTINGS, **connection})
        except errors.KafkaError as error:
            raise BrokerUnavailable(f"no reader without an answer from Kafka: {error}") from error

    def record(self, partition: TopicPartition, offset: int) -> Record | None:
        """Return the record at exactly this offset; see ``protocol.Reader``."""
        place = KafkaPartition(self._space + partition.topic, partition.partition)
        try:
            if partition.partition not in (self._client.partitions_for_topic(place.topic) or ()):
                return None
            self._client.assign([place])
            if not self._is_kept(place, offset):
                return None
            self._client.seek(place, offset)
            return self._first(offset)
        except errors.KafkaError as error:
            raise BrokerUnavailable(f"the record cannot be read: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(errors.KafkaError):
            self._client.close(autocommit=False)

    def _is_kept(self, place: KafkaPartition, offset: int) -> bool:
        timeout_ms = int(_ANSWER_S * 1000)
        first = self._client.beginning_offsets([place], timeout_ms=timeout_ms)[place]
        end = self._client.end_offsets([place], timeout_ms=timeout_ms)[place]
        return bool(first <= offset < end)

    def _first(self, offset: int) -> Record | None:
        """Return the first polled record if it has this offset, else None."""
        deadline = monotonic() + _ANSWER_S
        while monotonic() < deadline:
            for records in self._client.poll(timeout_ms=200, max_records=1).values():
                return self._to_record(records[0]) if records[0].offset == offset else None
        raise BrokerUnavailable("the record did not come in time")
