"""The two stacks to measure on: the embedded parts, and a real Kafka, PostgreSQL and Redis started for the run."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.kafka import KafkaNode
from deploy.local.layout import SERVICES, Parts, embedded_parts
from deploy.local.postgres import PostgresServer, create_database
from deploy.local.redis import RedisServer

JARS = Path("var/jars")


@dataclass(frozen=True)
class Stack:
    """One stack: ``parts`` makes fresh, empty parts; ``servers`` are the process ids of its servers by name."""

    name: str
    parts: Callable[[], Parts]
    servers: dict[str, int]


@contextmanager
def open_stack(name: str, folder: Path) -> Iterator[Stack]:
    """Open a stack by its name, and stop its servers afterwards."""
    with ExitStack() as opened:
        yield _embedded(folder) if name == "embedded" else _real(folder, opened)


def _embedded(folder: Path) -> Stack:
    return Stack("embedded", lambda: embedded_parts(folder / f"data-{uuid.uuid4().hex[:8]}"), {})


def _real(folder: Path, opened: ExitStack) -> Stack:
    """Start the servers; PostgreSQL waits for the disk, as in production."""
    kafka = opened.enter_context(KafkaNode(folder / "kafka", jars=JARS))
    postgres = opened.enter_context(PostgresServer(folder / "postgres"))
    redis = opened.enter_context(RedisServer(folder / "redis"))

    def parts() -> Parts:
        space = f"bench_{uuid.uuid4().hex[:8]}"
        names = {service: f"{space}_{service}" for service in (*SERVICES, "bare")}
        databases = {service: create_database(postgres.address, database) for service, database in names.items()}
        return Parts(databases, f"kafka://{kafka.address}/{space}", redis.address)

    return Stack("real", parts, {"kafka": kafka.pid, "postgres": postgres.pid, "redis": redis.pid})
