"""Open clients of kafka-python so that a failed start leaves nothing behind.

A client starts its network thread before it asks a broker. When none answers its constructor raises and nobody can
close what it had started: each attempt would keep a thread and four file descriptors (kafka-python 3.0.12).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from kafka.net.compat import KafkaNetClient

Client = TypeVar("Client")


def open_client(client: Callable[..., Client], *topics: str, **settings: object) -> Client:
    """Return ``client(*topics, **settings)``; when that raises, end its network thread and raise the same."""
    started: list[Any] = []

    def network(**config: object) -> Any:
        started.append(KafkaNetClient(**config))
        return started[-1]

    try:
        return client(*topics, **settings, kafka_client=network)
    except BaseException:
        for unused in started:
            unused.close()
        raise
