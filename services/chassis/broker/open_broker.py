"""Open a broker by its address: ``embedded:///var/cairn/broker.db`` or ``kafka://host:9092,host:9092/space``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from services.chassis.broker.protocol import Broker

EMBEDDED = "embedded://"
KAFKA = "kafka://"


def open_broker(url: str, client_id: str = "cairn", settings: Mapping[str, object] | None = None) -> Broker:
    """Return the broker at ``url``; it connects when first used.

    ``embedded://`` is followed by a path (three slashes: from the root; two: from the working folder). The text after
    the servers of ``kafka://`` becomes a prefix of all topics and groups, so that several systems can share a cluster.
    ``client_id`` and ``settings`` (kafka-python's names) apply to Kafka only. Raises ValueError for other addresses.
    """
    if url.startswith(EMBEDDED) and len(url) > len(EMBEDDED):
        from services.chassis.broker.embedded.broker import LogBroker

        return LogBroker(Path(url.removeprefix(EMBEDDED)))
    named, _, space = url.removeprefix(KAFKA).partition("/")
    servers = [server.strip() for server in named.split(",") if server.strip()]
    if url.startswith(KAFKA) and servers:
        from services.chassis.broker.kafka.broker import KafkaBroker

        return KafkaBroker(servers, client_id, settings, space=f"{space}." if space else "")
    raise ValueError(f"a broker's address begins with {EMBEDDED} or {KAFKA} and names a path or servers")
