"""Events wait here, in the database of the service that told them, until the relay has seen them sent.

They are written in the transaction of the change they tell of, so neither can be without the other. The relay asks for
what is "not yet published", never for numbers above the last one seen: a late commit would be lost (measured).
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
    """One event on its way: what the broker gets, and `seq`, its place in the outbox (0 before it is stored)."""

    topic: str
    key: str
    headers: tuple[tuple[str, bytes], ...]
    value: bytes
    event_id: str
    seq: int = 0


def outgoing(event: Event, *, source: str, now: datetime) -> Outgoing:
    """Give an event its id and envelope; raises BadRecord when the event breaks its own types."""
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
    """Write events into the outbox, in order, in the caller's transaction."""
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
    if rows:  # both drivers run the statement once per row, in order: so the numbers follow the order of the events
        connection.execute(_OUTBOX.insert(), rows)


def waiting(connection: sa.Connection, limit: int, passing_over: Sequence[tuple[str, str]] = ()) -> list[Outgoing]:
    """Return the oldest unpublished events; `passing_over` names (topic, key) pairs to leave out for now."""
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
    """Mark events as sent; only for those whose own delivery succeeded."""
    if seqs:
        connection.execute(_OUTBOX.update().where(_OUTBOX.c.seq.in_(list(seqs))).values(published_at=now))


def backlog(connection: sa.Connection) -> tuple[int, datetime | None]:
    """Return how many events wait and since when the oldest does: the figures to watch."""
    query = sa.select(sa.func.count(), sa.func.min(_OUTBOX.c.created_at)).where(_OUTBOX.c.published_at.is_(None))
    count, oldest = connection.execute(query).one()
    return count, oldest


def forget_published(connection: sa.Connection, now: datetime, after: timedelta) -> int:
    """Delete events that were sent longer ago than `after`; returns how many."""
    result = connection.execute(_OUTBOX.delete().where(_OUTBOX.c.published_at < now - after))
    return result.rowcount
