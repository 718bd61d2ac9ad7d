"""The producer of the Kafka broker: kafka-python's producer, with its pitfalls avoided.

Pitfalls of kafka-python 3.0.12 (docs/decisions/0001-kafka-from-its-jars.md):

* ``flush()`` can return normally after losing everything, and its timeout restarts for each batch. We trust only a
  record's own future.
* ``close()`` stops half-way when its flush times out, and leaves the sending thread alive for ever.
* A producer that is garbage-collected replaces its module's logger by a silent one, for the whole process.
* Sending to a topic that does not exist blocks for ``max_block_ms``, each time, and then reports a timeout.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

import kafka
import kafka.producer.kafka
from kafka import errors

from services.chassis.broker.protocol import (
    BrokerError,
    BrokerUnavailable,
    Delivery,
    Headers,
    RecordRefused,
    TopicMissing,
)
from services.chassis.core.clock import monotonic

_PERMANENT = (
    errors.MessageSizeTooLargeError,
    errors.RecordListTooLargeError,
    errors.InvalidRecordError,
    errors.InvalidTopicError,
    errors.InvalidTimestampError,
    errors.UnsupportedForMessageFormatError,
    errors.TopicAuthorizationFailedError,
)
_SETTINGS: Mapping[str, object] = {
    "acks": "all",
    "enable_idempotence": True,
    "allow_auto_create_topics": False,
    "delivery_timeout_ms": 20_000,
    "request_timeout_ms": 10_000,
    "max_block_ms": 4_000,
    "bootstrap_timeout_ms": 5_000,
    "reconnect_backoff_max_ms": 1_000,
    "linger_ms": 0,  # batches form by themselves while another is in flight
    "metrics_enabled": False,
}
_REMEMBER_FAULT_S = 1.0


class KafkaProducer:
    """See ``protocol.Producer``.

    ``connection`` holds the client settings, ``topic_exists`` asks the brokers, ``space`` is a prefix of all names.
    """

    def __init__(self, connection: Mapping[str, object], topic_exists: Callable[[str], bool], space: str = "") -> None:
        self._topic_exists = topic_exists
        self._space = space
        try:
            self._client: Any = kafka.KafkaProducer(**{**_SETTINGS, **connection})
        except errors.KafkaError as error:
            raise BrokerUnavailable(f"no producer without an answer from Kafka: {error}") from error
        kafka.producer.kafka.log = logging.getLogger("kafka.producer.kafka")  # an earlier producer may have silenced it
        self._in_flight: list[Any] = []
        self._lock = threading.Lock()
        self._faults: dict[str, tuple[float, BrokerError]] = {}
        self._closed = False

    def send(self, topic: str, key: bytes, value: bytes, headers: Headers = ()) -> Delivery:
        """Send a record; the returned delivery has its result."""
        if self._closed:
            return Undelivered(BrokerUnavailable("the producer is closed"))
        fault = self._recent_fault(topic)
        if fault is not None:
            return Undelivered(fault)
        try:
            future = self._client.send(self._space + topic, key=key, value=value, headers=list(headers))
        except errors.KafkaTimeoutError as error:
            return Undelivered(self._remember_fault(topic, error))
        except errors.KafkaError as error:
            return Undelivered(translate(error))
        except ValueError as error:  # a topic name that Kafka does not allow
            return Undelivered(RecordRefused(str(error)))
        with self._lock:
            self._in_flight = [waiting for waiting in self._in_flight if not waiting.is_done]
            self._in_flight.append(future)
        return KafkaDelivery(future)

    def flush(self, timeout: float) -> None:
        """Wait for records in flight, for at most ``timeout`` seconds in total."""
        deadline = monotonic() + timeout
        with self._lock:
            waiting = tuple(self._in_flight)
        for future in waiting:
            with contextlib.suppress(errors.KafkaError):
                future.get(timeout=max(0.0, deadline - monotonic()))

    def close(self, timeout: float = 5.0) -> None:
        """Wait for records in flight, then close the connection and end the sending thread."""
        if self._closed:
            return
        self._closed = True
        self.flush(timeout / 2)
        self._client.flush = _no_flush
        self._client.close(timeout=timeout / 2)

    def _recent_fault(self, topic: str) -> BrokerError | None:
        """Return the error of a recent send to this topic, so that not every record of a batch blocks."""
        since, fault = self._faults.get(topic, (0.0, BrokerError()))
        return fault if since and monotonic() - since < _REMEMBER_FAULT_S else None

    def _remember_fault(self, topic: str, error: errors.KafkaError) -> BrokerError:
        fault: BrokerError = BrokerUnavailable(f"Kafka did not answer: {error}")
        with contextlib.suppress(BrokerUnavailable):
            if not self._topic_exists(topic):
                fault = TopicMissing(f"there is no topic {topic!r}")
        self._faults[topic] = (monotonic(), fault)
        return fault


class KafkaDelivery:
    """The pending result of a record that kafka-python's producer accepted."""

    def __init__(self, future: Any) -> None:
        self._future = future

    def result(self, timeout: float) -> tuple[int, int]:
        """Wait at most ``timeout`` seconds for (partition, offset); see ``protocol.Delivery``."""
        try:
            stored = self._future.get(timeout=timeout)
        except errors.KafkaError as error:
            raise translate(error) from error
        return int(stored.partition), int(stored.offset)


class Undelivered:
    """The failed result of a record that kafka-python's producer did not accept."""

    def __init__(self, reason: BrokerError) -> None:
        self._reason = reason

    def result(self, timeout: float) -> tuple[int, int]:
        """Raise the reason."""
        del timeout
        raise self._reason


def translate(error: errors.KafkaError) -> BrokerError:
    """Convert an error of kafka-python about a record; errors not known to be permanent can be retried."""
    if isinstance(error, _PERMANENT):
        return RecordRefused(str(error))
    return BrokerUnavailable(str(error))


def _no_flush(timeout: float | None = None) -> None:
    """Replace the client's own flush, which raises in the middle of its close."""
