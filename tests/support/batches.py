"""Consume events with a service, one by one or in batches, and read the rows of its database afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from services.chassis.broker.protocol import Record
from services.chassis.delivery.record_handler import RecordHandler
from services.chassis.messages.event import Event
from services.chassis.service.service import Service
from services.chassis.service.settings import load
from services.chassis.storage.migrations import migrate
from services.chassis.storage.outbox import Outgoing, outgoing
from tests.support.fakes import FixedClock
from tests.support.signing import VERIFIER, signed

# Columns with random values, or derived from such values.
NOT_COMPARED = frozenset({"id", "email", "event_id", "seq", "key", "headers", "hash"})
CHASSIS = frozenset({"inbox", "leases", "alembic_version", "idempotency"})


@dataclass
class ServiceConsumer:
    """A service with its own database; ``statements`` counts the statements sent to it."""

    service: Service[Any, Any]
    url: str
    clock: FixedClock = field(default_factory=FixedClock)
    statements: int = 0

    def __post_init__(self) -> None:
        migrate(self.url, self.service.migrations)
        environ = {
            "ENVIRONMENT": "development",
            "DATABASE_URL": self.url,
            "BROKER_URL": "embedded:////nowhere/b.db",
            "MAIL_URL": "maildir:///nowhere",
        }
        settings = load(self.service.settings, environ)
        self.parts = self.service.parts(settings, clock=self.clock, read_now=self.clock.read)
        sa.event.listen(self.parts.engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.statements += 1

    def records(self, *events: Event) -> list[Record]:
        """Return the records of events, in order, in one partition."""
        return records([outgoing(event, source=_source(event), now=self.clock.time) for event in events])

    def consume(self, received: Sequence[Record], *, batch_size: int = 1) -> None:
        """Handle records, ``batch_size`` in one transaction."""
        reception = RecordHandler(
            self.service.name,
            self.service.handlers(self.parts),
            self.parts.uow,
            VERIFIER,
            most_dead=20,
            prefetch=self.service.prefetch(self.parts),
        )
        for start in range(0, len(received), batch_size):
            reception.take(received[start : start + batch_size])

    def rows(self) -> dict[str, list[Any]]:
        """Return every row of every table, without columns of random values."""
        result: dict[str, list[Any]] = {}
        tables = sa.MetaData()
        with self.parts.engine.connect() as connection:
            tables.reflect(connection)
            for table in tables.sorted_tables:
                if table.name not in CHASSIS:
                    rows = connection.execute(sa.select(table)).mappings()
                    result[table.name] = sorted(repr(_compared(row)) for row in rows if not _empty(row))
        return result

    def close(self) -> None:
        self.parts.engine.dispose()


def _empty(row: sa.RowMapping) -> bool:
    """Return whether a row is a side that its person gave up: the matcher stores such a row if there was one before."""
    return ("looking" in row or "askable" in row) and row["facts"] is None


def _compared(row: sa.RowMapping) -> dict[str, Any]:
    return {
        name: bytes(value) if isinstance(value, memoryview) else value
        for name, value in row.items()
        if name not in NOT_COMPARED
    }


def _source(event: Event) -> str:
    return f"/{min(event.producers)}"


def records(waiting: Sequence[Outgoing]) -> list[Record]:
    """Return signed records as they are stored in one partition."""
    return [
        Record(event.topic, 0, offset, event.key.encode(), event.value, event.headers, 0)
        for offset, event in enumerate(map(signed, waiting))
    ]
