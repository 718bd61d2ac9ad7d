"""What becomes of a record once it is here: it takes effect, was here before, concerns nobody, or is put aside.

An effect is one transaction: {inbox row, handler, what the handler tells}. Several records may share one, which spares
the disk (measured: 870 events a second at 20 to a commit, 360 at one); each is then behind a savepoint of its own.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis import readings
from services.chassis.broker import Record
from services.chassis.codec import decode
from services.chassis.envelope import Envelope, read_envelope
from services.chassis.errors import Alarm, BadRecord
from services.chassis.event import Event
from services.chassis.inbox import DeadLetter, note_event, put_aside, unbroken_dead_letters
from services.chassis.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)

Handler = Callable[[Any, Envelope], None]
"""Takes the event and its envelope. Runs inside `uow.begin()`: its own begin() joins the inbox row's transaction."""


class Reception:
    """Receives records for one consumer group. Not for several threads."""

    def __init__(
        self, group: str, handlers: Mapping[type[Event], Handler], uow: UnitOfWork[Any], *, most_dead: int
    ) -> None:
        self._group = group
        self._handlers = {event.type: (event, handle) for event, handle in handlers.items()}
        self._uow = uow
        self._most_dead = most_dead
        self._dead_in_a_row: int | None = None

    def take(self, records: Sequence[Record]) -> None:
        """Let records take effect in one transaction, in order: all of them, or on any exception none."""
        with self._uow.begin():
            outcomes = Counter(self._effect(record) for record in records)
        for outcome, times in outcomes.items():
            readings.RECORDS.labels(outcome=outcome).inc(times)
        if outcomes["handled"]:
            self._dead_in_a_row = 0

    def set_aside(self, record: Record, error: Exception) -> None:
        """Write a dead letter instead of an effect. Raises Alarm, and writes nothing, when too many came in a row."""
        letter = _letter(record, error)
        with self._uow.begin():
            tx = self._uow.transaction()
            in_a_row = self._bad_so_far(tx.connection) + put_aside(tx.connection, self._group, letter, tx.now)
            if in_a_row > self._most_dead:
                raise Alarm(f"{self._most_dead} bad records in a row, and the next one is bad too: it is not put aside")
        self._dead_in_a_row = in_a_row
        readings.RECORDS.labels(outcome="dead").inc()
        readings.DEAD_LETTERS.labels(error=letter.error).inc()
        where = {"topic": letter.topic, "partition": letter.partition, "offset": letter.offset}
        what = {"event_id": letter.event_id, "event_type": letter.type, "error": letter.error, "field": letter.field}
        _log.error("dead_letter", extra={**where, **what})

    def _effect(self, record: Record) -> str:
        envelope = read_envelope(record.headers)
        known = self._handlers.get(envelope.type)
        if known is None:
            return "unknown"
        cls, handle = known
        event = decode(cls, record.value)
        with readings.HANDLING.labels(type=envelope.type).time(), self._uow.begin():
            tx = self._uow.transaction()
            if not note_event(tx.connection, self._group, envelope.source, envelope.id, tx.now):
                return "repeated"
            handle(event, envelope)
        return "handled"

    def _bad_so_far(self, connection: sa.Connection) -> int:
        """Return how many records were bad in a row before this one, also before this process began."""
        if self._dead_in_a_row is None:
            self._dead_in_a_row = unbroken_dead_letters(connection, self._group)
        return self._dead_in_a_row


def _letter(record: Record, error: Exception) -> DeadLetter:
    """Describe a bad record by what is safe: place, ids, error class, field."""
    try:
        envelope = read_envelope(record.headers)
        ids = {"event_id": envelope.id, "source": envelope.source, "type": envelope.type}
    except BadRecord:
        ids = {}
    field = error.field if isinstance(error, BadRecord) else None
    return DeadLetter(record.topic, record.partition, record.offset, type(error).__name__, field=field, **ids)
