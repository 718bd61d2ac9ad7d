"""Apache Kafka behind the broker protocols, through kafka-python.

Producers, consumers, ``ping`` and ``ensure_topics`` connect; creating the broker does not. Call them after the fork and
off the request path, since they wait a few seconds for an answer before they raise.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import kafka
from kafka import errors
from kafka.admin import ConfigResource, ConfigResourceType

from services.chassis.broker.kafka.clients import open_client
from services.chassis.broker.kafka.consumer import KafkaConsumer, to_record
from services.chassis.broker.kafka.producer import KafkaProducer
from services.chassis.broker.kafka.reader import KafkaReader
from services.chassis.broker.protocol import BrokerUnavailable, Consumer, Producer, Reader, TopicMismatch, TopicSpec
from services.chassis.core.clock import monotonic

_UNKNOWN_TOPIC = errors.UnknownTopicOrPartitionError.errno
_VISIBLE_WITHIN_S = 5.0
_ADMIN: Mapping[str, object] = {"bootstrap_timeout_ms": 5_000, "request_timeout_ms": 10_000}


class KafkaBroker:
    """See ``protocol.Broker``.

    ``settings`` are passed to kafka-python unchanged (``security_protocol``, ``sasl_…``, ``ssl_…``) and override ours;
    use only settings that all its clients know.

    ``session_timeout_ms`` is how long a silent member keeps its partitions. ``space`` is a prefix of topics and groups
    on the servers and nowhere else, so that several systems can share a cluster.
    """

    def __init__(
        self,
        bootstrap_servers: Sequence[str],
        client_id: str = "cairn",
        settings: Mapping[str, object] | None = None,
        *,
        session_timeout_ms: int = 10_000,
        space: str = "",
    ) -> None:
        self._servers = tuple(bootstrap_servers)
        self._space = space
        self._session_timeout_ms = session_timeout_ms
        self._connection = {"bootstrap_servers": list(self._servers), "client_id": client_id, **(settings or {})}

    def producer(self) -> Producer:
        """Return a new producer."""
        return KafkaProducer(self._connection, self._topic_exists, self._space)

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """Return a new group member."""
        return KafkaConsumer(self._connection, group, topics, self._session_timeout_ms, self._space)

    def reader(self) -> Reader:
        """Return a reader of single records."""
        return KafkaReader(self._connection, partial(to_record, space=self._space), self._space)

    def ensure_topics(self, specs: Sequence[TopicSpec]) -> None:
        """Create missing topics, alter settings that differ, and check the result."""
        specs = [replace(spec, name=self._space + spec.name) for spec in specs]
        with self._admin() as admin:
            existing = _existing_topics(admin, specs)
            _create(admin, [spec for spec in specs if spec.name not in existing])
            for spec in specs:
                if spec.name in existing:
                    _alter(admin, spec, existing[spec.name])
            _check(admin, specs)

    def ping(self) -> bool:
        """Return True when Kafka answers now."""
        with self._admin() as admin:
            return bool(admin.describe_cluster())

    def describe(self) -> str:
        """Name the servers."""
        return f"Kafka at {', '.join(self._servers)}"

    def _topic_exists(self, topic: str) -> bool:
        with self._admin() as admin:
            return bool(admin.describe_topics([self._space + topic])[0]["error_code"] != _UNKNOWN_TOPIC)

    @contextmanager
    def _admin(self) -> Iterator[Any]:
        """Yield an admin client, and raise Kafka's errors as ``BrokerUnavailable``."""
        try:
            admin = open_client(kafka.KafkaAdminClient, **{**_ADMIN, **self._connection})
            try:
                yield admin
            finally:
                admin.close()
        except errors.KafkaError as error:
            raise BrokerUnavailable(f"Kafka at {', '.join(self._servers)}: {error}") from error


def settings_of(spec: TopicSpec) -> Mapping[str, str]:
    """Return the topic settings to apply and check, with Kafka's names and values."""
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(spec.retention_ms),
        "segment.ms": str(spec.segment_ms),
        "min.insync.replicas": str(spec.min_insync),
        "max.message.bytes": str(spec.max_message_bytes),
    }


def _existing_topics(admin: Any, specs: Sequence[TopicSpec]) -> dict[str, Any]:
    described = admin.describe_topics([spec.name for spec in specs]) if specs else []
    return {topic["name"]: topic for topic in described if topic["error_code"] != _UNKNOWN_TOPIC}


def _create(admin: Any, specs: Sequence[TopicSpec]) -> None:
    """Create topics; a topic that another process created in the meantime is no error."""
    wanted = {
        spec.name: {
            "num_partitions": spec.partitions,
            "replication_factor": spec.replication,
            "configs": dict(settings_of(spec)),
        }
        for spec in specs
    }
    if not wanted:
        return
    answer = admin.create_topics(wanted, raise_errors=False)
    for topic in answer["topics"]:
        error = errors.for_code(topic["error_code"])
        if error not in (errors.NoError, errors.TopicAlreadyExistsError):
            message = f"topic {topic['name']!r} cannot be created: {error.__name__} {topic.get('error_message') or ''}"
            raise BrokerUnavailable(message) if error.retriable else TopicMismatch(message.strip())
    admin.wait_for_topics(list(wanted))


def _alter(admin: Any, spec: TopicSpec, existing: Mapping[str, Any]) -> None:
    """Alter an existing topic to its spec; raises ``TopicMismatch`` for anything but settings and more partitions."""
    partitions = existing["partitions"]
    replication = {len(partition["replica_nodes"]) for partition in partitions}
    if replication != {spec.replication}:
        raise TopicMismatch(f"topic {spec.name!r} has replication {sorted(replication)}, not {spec.replication}")
    if len(partitions) > spec.partitions:
        raise TopicMismatch(f"topic {spec.name!r} has {len(partitions)} partitions, and cannot have {spec.partitions}")
    if len(partitions) < spec.partitions:
        admin.create_partitions({spec.name: spec.partitions})
        admin.wait_for_topics([spec.name])
    different = {name: value for name, (_, value) in _differences(admin, spec).items()}
    if different:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, spec.name, different)])


def _check(admin: Any, specs: Sequence[TopicSpec]) -> None:
    """Check that all topics match their specs, for a few seconds, since Kafka shows changes with a delay."""
    deadline = monotonic() + _VISIBLE_WITHIN_S
    while mismatches := _mismatches(admin, specs):
        if monotonic() > deadline:
            raise TopicMismatch("; ".join(mismatches))
        time.sleep(0.1)


def _mismatches(admin: Any, specs: Sequence[TopicSpec]) -> list[str]:
    """Return a phrase for each topic that does not match its spec."""
    existing = _existing_topics(admin, specs)
    mismatches = []
    for spec in specs:
        if len(existing.get(spec.name, {}).get("partitions", ())) != spec.partitions:
            mismatches.append(f"topic {spec.name!r} has not got {spec.partitions} partitions")
        elif differences := _differences(admin, spec):
            description = ", ".join(
                f"{name} is {current}, not {wanted}" for name, (current, wanted) in differences.items()
            )
            mismatches.append(f"topic {spec.name!r}: {description}")
    return mismatches


def _differences(admin: Any, spec: TopicSpec) -> dict[str, tuple[str, str]]:
    """Return, per setting that differs, its current and its wanted value."""
    wanted = settings_of(spec)
    resource = ConfigResource(ConfigResourceType.TOPIC, spec.name, dict(wanted))
    described = admin.describe_configs([resource], config_filter="all")["topic"][spec.name]
    return {
        name: (str(described[name]["value"]), value)
        for name, value in wanted.items()
        if str(described[name]["value"]) != value
    }
