"""Lets a service hear events one by one, or many in one transaction, and says what its database holds afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from services.chassis.broker.protocol import Record
from services.chassis.delivery.record_handler import Reception
from services.chassis.messages.event import Event
from services.chassis.service.service import Service
from services.chassis.service.settings import load
from services.chassis.storage.migrations import migrate
from services.chassis.storage.outbox import Outgoing, outgoing
from tests.support.fakes import FixedClock

NOT_COMPARED = frozenset(
    {"id", "email", "event_id", "seq", "key", "headers", "hash"}
)  # drawn anew, or follow from what is
CHASSIS = frozenset({"inbox", "leases", "alembic_version", "idempotency"})


@dataclass
class Hearing:
    """A service on a database of its own; ``statements`` counts what the database was asked."""

    service: Service[Any, Any]
    url: str
    clock: FixedClock = field(default_factory=FixedClock)
    statements: int = 0

    def __post_init__(self) -> None:
        migrate(self.url, self.service.migrations)
        told = {"DATABASE_URL": self.url, "BROKER_URL": "embedded:////nowhere/b.db", "MAIL_URL": "maildir:///nowhere"}
        settings = load(self.service.settings, told)
        self.parts = self.service.parts(settings, clock=self.clock, read_now=self.clock.read)
        sa.event.listen(self.parts.engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.statements += 1

    def events(self, *events: Event) -> list[Record]:
        """Records of events, in order, in one partition."""
        return records([outgoing(event, source="/test", now=self.clock.time) for event in events])

    def hear(self, heard: Sequence[Record], *, together: int = 1) -> None:
        """Hear records, so many in one transaction."""
        reception = Reception(
            self.service.name,
            self.service.handlers(self.parts),
            self.parts.uow,
            most_dead=20,
            foresee=self.service.foresee(self.parts),
        )
        for start in range(0, len(heard), together):
            reception.take(heard[start : start + together])

    def holds(self) -> dict[str, list[Any]]:
        """Every row of every table, without what is drawn anew each time."""
        found: dict[str, list[Any]] = {}
        tables = sa.MetaData()
        with self.parts.engine.connect() as connection:
            tables.reflect(connection)
            for table in tables.sorted_tables:
                if table.name not in CHASSIS:
                    rows = connection.execute(sa.select(table)).mappings()
                    found[table.name] = sorted(repr(_compared(row)) for row in rows if not _empty(row))
        return found

    def close(self) -> None:
        self.parts.engine.dispose()


def _empty(row: sa.RowMapping) -> bool:
    """Whether this is a side of a person who gave it up: the matcher keeps such a row where there was one before."""
    return ("looking" in row or "askable" in row) and row["facts"] is None


def _compared(row: sa.RowMapping) -> dict[str, Any]:
    return {
        name: bytes(value) if isinstance(value, memoryview) else value
        for name, value in row.items()
        if name not in NOT_COMPARED
    }


def records(waiting: Sequence[Outgoing]) -> list[Record]:
    """Records as they lie in one partition."""
    return [
        Record(one.topic, 0, offset, one.key.encode(), one.value, one.headers, 0) for offset, one in enumerate(waiting)
    ]
