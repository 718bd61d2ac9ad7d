"""Which events took effect here, and which were put aside. A row is written in the transaction of the effect itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from services.chassis.database import insert_new, insert_or_skip
from services.chassis.tables import TABLES

_INBOX, _DEAD = TABLES.inbox, TABLES.dead_letters


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Why one record was put aside: where it lies and the class of the error, never what it said."""

    topic: str
    partition: int
    offset: int
    error: str
    field: str | None = None
    event_id: str | None = None
    source: str | None = None
    type: str | None = None


def note_events(
    connection: sa.Connection, consumer: str, events: Sequence[tuple[str, str]], now: datetime
) -> set[tuple[str, str]]:
    """Write that events, given as (source, id), take effect now; returns those that never did before."""
    rows = [
        {"consumer": consumer, "source": source, "event_id": event_id, "dead": False, "handled_at": now}
        for source, event_id in dict.fromkeys(events)
    ]
    return {(row.source, row.event_id) for row in insert_new(connection, _INBOX, rows)}


def note_event(connection: sa.Connection, consumer: str, source: str, event_id: str, now: datetime) -> bool:
    """Write that one event takes effect now; False when it did before. Source and id together name an event."""
    return bool(note_events(connection, consumer, [(source, event_id)], now))


def put_aside(connection: sa.Connection, consumer: str, letter: DeadLetter, now: datetime) -> bool:
    """Write a dead letter, and the inbox mark that keeps its event from being tried again; False when it was there."""
    new = insert_or_skip(
        connection,
        _DEAD,
        {
            "consumer": consumer,
            "topic": letter.topic,
            "partition": letter.partition,
            "offset": letter.offset,
            "event_id": letter.event_id,
            "type": letter.type,
            "error": letter.error[:200],
            "field": letter.field and letter.field[:200],
            "at": now,
        },
    )
    if letter.event_id is not None and letter.source is not None:
        row = {"source": letter.source, "event_id": letter.event_id, "dead": True, "handled_at": now}
        insert_or_skip(connection, _INBOX, {"consumer": consumer, **row})
    return new


def unbroken_dead_letters(connection: sa.Connection, consumer: str) -> int:
    """Count the dead letters since the last event that went well, leaving out those a person has acknowledged."""
    well = sa.select(sa.func.max(_INBOX.c.handled_at)).where(_INBOX.c.consumer == consumer, _INBOX.c.dead.is_(False))
    last = connection.execute(well).scalar_one()
    query = (
        sa.select(sa.func.count())
        .select_from(_DEAD)
        .where(_DEAD.c.consumer == consumer, _DEAD.c.acknowledged_at.is_(None))
    )
    return connection.execute(query if last is None else query.where(_DEAD.c.at > last)).scalar_one()


def acknowledge_dead_letters(connection: sa.Connection, consumer: str, now: datetime) -> int:
    """Say that a person has seen them, so that a stopped consumer may go on; returns how many."""
    seen = _DEAD.update().where(_DEAD.c.consumer == consumer, _DEAD.c.acknowledged_at.is_(None))
    return connection.execute(seen.values(acknowledged_at=now)).rowcount
