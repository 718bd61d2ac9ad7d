"""Consecutive dead letters per partition, and the alarm that stops a partition with too many of them.

Stored in the database, so that a restart does not reset the count and an operator can end an alarm while the consumer
runs. Only partitions with dead letters have a row.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.broker.protocol import TopicPartition
from services.chassis.storage.database import for_update, insert_or_skip
from services.chassis.storage.tables import TABLES

_PARTITIONS = TABLES.consumer_partitions
_NO_ALARM: dict[str, Any] = {"alarm_offset": None, "alarm_error": None, "alarm_at": None}


@dataclass(frozen=True, slots=True)
class PartitionState:
    """A partition of a consumer group: ``allowed`` is an operator's limit, ``alarm_at`` is None without an alarm."""

    place: TopicPartition
    dead_in_a_row: int = 0
    allowed: int | None = None
    alarm_offset: int | None = None
    alarm_error: str | None = None
    alarm_at: datetime | None = None


def read_states(connection: sa.Connection, consumer: str) -> list[PartitionState]:
    """Return the partitions with dead letters, in order of topic and number."""
    query = sa.select(_PARTITIONS).where(_PARTITIONS.c.consumer == consumer)
    rows = connection.execute(query.order_by(_PARTITIONS.c.topic, _PARTITIONS.c.partition))
    return [_state(row) for row in rows]


def read_state(connection: sa.Connection, consumer: str, place: TopicPartition) -> PartitionState:
    """Return the state of a partition, locked until the transaction ends."""
    row = connection.execute(for_update(sa.select(_PARTITIONS).where(*_is_partition(consumer, place)))).first()
    return PartitionState(place) if row is None else _state(row)


def count_dead(connection: sa.Connection, consumer: str, place: TopicPartition) -> None:
    """Count another consecutive dead letter; this ends an alarm, since its record is stored as a dead letter."""
    new = {"consumer": consumer, "topic": place.topic, "partition": place.partition, "dead_in_a_row": 1}
    if not insert_or_skip(connection, _PARTITIONS, new):
        more = _PARTITIONS.c.dead_in_a_row + 1
        connection.execute(
            _PARTITIONS.update().where(*_is_partition(consumer, place)).values(dead_in_a_row=more, **_NO_ALARM)
        )


def reset_count(connection: sa.Connection, consumer: str, place: TopicPartition) -> None:
    """Reset the count after an event took effect: deletes the row, and with it an alarm."""
    connection.execute(_PARTITIONS.delete().where(*_is_partition(consumer, place)))


def raise_alarm(
    connection: sa.Connection, consumer: str, place: TopicPartition, offset: int, error: str, now: datetime
) -> None:
    """Stop the partition at ``offset``; an alarm at the same offset keeps its time."""
    is_new = _PARTITIONS.c.alarm_offset.is_(None) | (_PARTITIONS.c.alarm_offset != offset)
    alarm = {"alarm_offset": offset, "alarm_error": error[:200], "alarm_at": now}
    connection.execute(_PARTITIONS.update().where(*_is_partition(consumer, place), is_new).values(**alarm))


def resume_partition(connection: sa.Connection, consumer: str, place: TopicPartition, allowed: int | None) -> bool:
    """End a partition's alarm and reset its count; return False if there is no alarm.

    ``allowed`` is the new limit of consecutive dead letters; None: the consumer's own limit.
    """
    in_alarm = _PARTITIONS.update().where(*_is_partition(consumer, place), _PARTITIONS.c.alarm_at.is_not(None))
    return connection.execute(in_alarm.values(dead_in_a_row=0, allowed=allowed, **_NO_ALARM)).rowcount == 1


def places_of(states: Collection[PartitionState]) -> frozenset[TopicPartition]:
    """Return the topic partitions of ``states``."""
    return frozenset(state.place for state in states)


def _state(row: Any) -> PartitionState:
    return PartitionState(
        TopicPartition(row.topic, row.partition),
        row.dead_in_a_row,
        row.allowed,
        row.alarm_offset,
        row.alarm_error,
        row.alarm_at,
    )


def _is_partition(consumer: str, place: TopicPartition) -> tuple[sa.ColumnElement[bool], ...]:
    columns = _PARTITIONS.c
    return (columns.consumer == consumer, columns.topic == place.topic, columns.partition == place.partition)
