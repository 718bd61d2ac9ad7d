"""The outbox: published events wait in the service's database until the relay has sent them.

They are written in the transaction of the change that they report, so neither exists without the other. The relay reads
events that are "not yet published", never numbers above the last one seen: a late commit would be lost (measured).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from services.chassis.messages.codec import encode
from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.chassis.storage.tables import TABLES

_OUTBOX = TABLES.outbox


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event to send: the record for the broker, and ``seq``, its number in the outbox (0 before it is stored)."""

    topic: str
    key: str
    headers: tuple[tuple[str, bytes], ...]
    value: bytes
    event_id: str
    seq: int = 0


def outgoing(event: Event, *, source: str, now: datetime) -> Outgoing:
    """Return an event with a new id and its envelope; raises BadRecord if a value does not match its type."""
    envelope = Envelope(
        id=str(uuid.uuid4()),
        source=source,
        type=event.type,
        subject=event.partition_key,
        time=now,
        programme=getattr(event, "programme_id", None),
    )
    return Outgoing(event.topic, event.partition_key, envelope.headers(), encode(event), envelope.id)


def store_outgoing(connection: sa.Connection, events: Sequence[Outgoing], now: datetime) -> None:
    """Insert events into the outbox, in order, in the caller's transaction."""
    rows = [
        {
            "event_id": event.event_id,
            "topic": event.topic,
            "key": event.key,
            "headers": [[name, value.decode()] for name, value in event.headers],
            "value": event.value,
            "created_at": now,
        }
        for event in events
    ]
    if rows:  # both drivers execute the statement row by row, so the numbers follow the order of the events
        connection.execute(_OUTBOX.insert(), rows)


def waiting(connection: sa.Connection, limit: int, passing_over: Sequence[tuple[str, str]] = ()) -> list[Outgoing]:
    """Return the oldest unpublished events, without those of the (topic, key) pairs in ``passing_over``."""
    query = sa.select(_OUTBOX).where(_OUTBOX.c.published_at.is_(None)).order_by(_OUTBOX.c.seq).limit(limit)
    if passing_over:
        query = query.where(sa.not_(sa.tuple_(_OUTBOX.c.topic, _OUTBOX.c.key).in_(list(passing_over))))
    return [
        Outgoing(
            row.topic,
            row.key,
            tuple((name, value.encode()) for name, value in row.headers),
            bytes(row.value),
            row.event_id,
            row.seq,
        )
        for row in connection.execute(query)
    ]


def mark_published(connection: sa.Connection, seqs: Sequence[int], now: datetime) -> None:
    """Mark events as sent; call it only for events whose own delivery succeeded."""
    if seqs:
        connection.execute(_OUTBOX.update().where(_OUTBOX.c.seq.in_(list(seqs))).values(published_at=now))


def backlog(connection: sa.Connection) -> tuple[int, datetime | None]:
    """Return the number of unpublished events, and when the oldest was created, for monitoring."""
    query = sa.select(sa.func.count(), sa.func.min(_OUTBOX.c.created_at)).where(_OUTBOX.c.published_at.is_(None))
    count, oldest = connection.execute(query).one()
    return count, oldest


def forget_published(connection: sa.Connection, now: datetime, after: timedelta) -> int:
    """Delete events that were sent longer ago than ``after``; return how many."""
    result = connection.execute(_OUTBOX.delete().where(_OUTBOX.c.published_at < now - after))
    return result.rowcount
