"""The inbox: which events took effect or became dead letters. Rows are written in the transaction of the effect."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from services.chassis.storage.database import conflict_insert, insert_or_skip
from services.chassis.storage.tables import TABLES

_INBOX, _DEAD = TABLES.inbox, TABLES.dead_letters

EventName = tuple[str, str]
"""Source and id: together they identify an event for ever."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that cannot be handled: its place and the class of the error, never its content."""

    topic: str
    partition: int
    offset: int
    error: str
    field: str | None = None
    event_id: str | None = None
    source: str | None = None
    type: str | None = None


def note_events(
    connection: sa.Connection, consumer: str, events: Collection[EventName], now: datetime
) -> set[EventName]:
    """Mark events as handled, in one statement; return those that were not marked before."""
    if not events:
        return set()
    rows = [
        {"consumer": consumer, "source": source, "event_id": event_id, "dead": False, "handled_at": now}
        for source, event_id in dict.fromkeys(events)
    ]
    insert = conflict_insert(connection, _INBOX).on_conflict_do_nothing()
    new = connection.execute(insert.returning(_INBOX.c.source, _INBOX.c.event_id), rows)
    return {(row.source, row.event_id) for row in new}


def delete_dead_mark(connection: sa.Connection, consumer: str, source: str, event_id: str) -> None:
    """Delete the inbox mark of a dead letter's event, so that the event may take effect after all."""
    event = (_INBOX.c.consumer == consumer, _INBOX.c.source == source, _INBOX.c.event_id == event_id)
    connection.execute(_INBOX.delete().where(*event, _INBOX.c.dead))


def put_aside(connection: sa.Connection, consumer: str, letter: DeadLetter, now: datetime) -> bool:
    """Store a dead letter with the inbox mark that prevents retries of its event; return False if it exists."""
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


def is_dead_letter(connection: sa.Connection, consumer: str, letter: DeadLetter) -> bool:
    """Return whether the record at this place is a dead letter already."""
    partition = (_DEAD.c.consumer == consumer, _DEAD.c.topic == letter.topic, _DEAD.c.partition == letter.partition)
    query = sa.select(_DEAD.c.offset).where(*partition, _DEAD.c.offset == letter.offset)
    return connection.execute(query).first() is not None
