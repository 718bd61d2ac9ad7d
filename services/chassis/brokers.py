"""From an address to a broker: `embedded:///var/cairn/broker.db` or `kafka://host:9092,host:9092`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from services.chassis.broker import Broker

EMBEDDED = "embedded://"
KAFKA = "kafka://"


def open_broker(url: str, client_id: str = "cairn", security: Mapping[str, object] | None = None) -> Broker:
    """Return the broker that `url` names; nothing connects before it is used.

    `embedded://` is followed by a path (three slashes: from the root; two: from the working folder). `client_id` and
    `security` (as kafka-python spells it) go to Kafka alone. Raises ValueError for any other address.
    """
    if url.startswith(EMBEDDED) and len(url) > len(EMBEDDED):
        from services.chassis.log_broker import LogBroker

        return LogBroker(Path(url.removeprefix(EMBEDDED)))
    servers = [server.strip() for server in url.removeprefix(KAFKA).split(",") if server.strip()]
    if url.startswith(KAFKA) and servers:
        from services.chassis.kafka_broker import KafkaBroker

        return KafkaBroker(servers, client_id, security)
    raise ValueError(f"a broker's address begins with {EMBEDDED} or {KAFKA} and names a path or servers")
