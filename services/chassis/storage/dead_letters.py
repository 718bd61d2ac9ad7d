"""Dead letters for operators: list, find, remove, mark as seen.

A dead letter has the place of its record and the error, never the record's content. Its name is the place,
``topic/partition/offset``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.broker.protocol import TopicPartition
from services.chassis.storage.tables import TABLES

_DEAD = TABLES.dead_letters


@dataclass(frozen=True, slots=True)
class DeadLetterRow:
    """A stored dead letter; ``seen_at`` is when an operator resumed its partition."""

    consumer: str
    topic: str
    partition: int
    offset: int
    error: str
    at: datetime
    event_id: str | None = None
    type: str | None = None
    field: str | None = None
    seen_at: datetime | None = None

    @property
    def place(self) -> str:
        """Return the letter's name: ``topic/partition/offset``."""
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class DeadLetterFilter:
    """A filter of dead letters; None matches any value."""

    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    error: str | None = None
    type: str | None = None


def read_place(text: str) -> DeadLetterFilter:
    """Return the filter for ``topic/partition/offset``; raises ValueError that states what to write."""
    topic, _, rest = text.partition("/")
    partition, _, offset = rest.partition("/")
    if not (topic and partition.isdecimal() and offset.isdecimal()):
        raise ValueError(f"{text!r} is not a place: write topic/partition/offset, as `dead-letters list` shows it")
    return DeadLetterFilter(topic, int(partition), int(offset))


def list_letters(
    connection: sa.Connection, consumer: str, wanted: DeadLetterFilter = DeadLetterFilter()
) -> Sequence[DeadLetterRow]:
    """Return the letters that match ``wanted``, in the order of their records."""
    query = sa.select(_DEAD).where(_DEAD.c.consumer == consumer)
    for name in DeadLetterFilter.__slots__:
        if (value := getattr(wanted, name)) is not None:
            query = query.where(_DEAD.c[name] == value)
    rows = connection.execute(query.order_by(_DEAD.c.topic, _DEAD.c.partition, _DEAD.c.offset))
    return [_letter(row) for row in rows]


def remove_letter(connection: sa.Connection, letter: DeadLetterRow) -> bool:
    """Delete a letter; return False if it is gone already. Waits for another transaction that is deleting it."""
    place = {"topic": letter.topic, "partition": letter.partition, "offset": letter.offset}
    condition = [_DEAD.c.consumer == letter.consumer, *(_DEAD.c[name] == value for name, value in place.items())]
    return connection.execute(_DEAD.delete().where(*condition)).rowcount == 1


def mark_seen(connection: sa.Connection, consumer: str, place: TopicPartition, now: datetime) -> int:
    """Mark a partition's letters as seen by an operator; return how many were unseen."""
    condition = (_DEAD.c.consumer == consumer, _DEAD.c.topic == place.topic, _DEAD.c.partition == place.partition)
    new = _DEAD.update().where(*condition, _DEAD.c.acknowledged_at.is_(None))
    return connection.execute(new.values(acknowledged_at=now)).rowcount


def _letter(row: Any) -> DeadLetterRow:
    place = (row.topic, row.partition, row.offset)
    return DeadLetterRow(
        row.consumer, *place, row.error, row.at, row.event_id, row.type, row.field, row.acknowledged_at
    )
