"""What becomes of a record once it is here: it takes effect, was here before, concerns nobody, or is put aside.

An effect is one transaction: {inbox row, handler, what the handler tells}. Several records may share one, which spares
the disk and lets their rows be read and written together; then all of them take effect or none does, and whoever gave
them tries them one by one.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.chassis import readings
from services.chassis.broker import Record
from services.chassis.codec import decode
from services.chassis.envelope import Envelope, read_envelope
from services.chassis.errors import Alarm, BadRecord
from services.chassis.event import Event
from services.chassis.inbox import DeadLetter, note_events, put_aside, unbroken_dead_letters
from services.chassis.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)

Handler = Callable[[Any, Envelope], None]
"""Takes the event and its envelope. Runs inside `uow.begin()`: its own begin() joins the inbox row's transaction."""

Foresee = Callable[[Sequence[Event]], None]
"""Is given all events of a transaction before the first one is handled, to read at once what they will need."""


class _Known:
    """An event that is handled here: its class, its handler, and the metric of its type."""

    def __init__(self, cls: type[Event], handle: Handler) -> None:
        self.cls = cls
        self.handle = handle
        self.seconds = readings.HANDLING.labels(type=cls.type)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A record that was read."""

    known: _Known
    event: Event
    envelope: Envelope

    @property
    def name(self) -> tuple[str, str]:
        """Return what names an event for ever."""
        return self.envelope.source, self.envelope.id


class Reception:
    """Receives records for one consumer group. Not for several threads."""

    def __init__(
        self,
        group: str,
        handlers: Mapping[type[Event], Handler],
        uow: UnitOfWork[Any],
        *,
        most_dead: int,
        foresee: Foresee | None = None,
    ) -> None:
        self._group = group
        self._handlers = {event.type: _Known(event, handle) for event, handle in handlers.items()}
        self._foresee = foresee
        self._uow = uow
        self._most_dead = most_dead
        self._dead_in_a_row: int | None = None

    def take(self, records: Sequence[Record]) -> None:
        """Let records take effect in one transaction, in order: all of them, or on any exception none."""
        heard = [found for record in records if (found := self._read(record)) is not None]
        with self._uow.begin(whole=len(records) > 1):
            handled = self._handle_new(heard)
        outcomes = Counter(handled=handled, repeated=len(heard) - handled, unknown=len(records) - len(heard))
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

    def _read(self, record: Record) -> _Heard | None:
        """Read envelope and event; None for an event that concerns nobody here. Raises BadRecord."""
        envelope = read_envelope(record.headers)
        known = self._handlers.get(envelope.type)
        return None if known is None else _Heard(known, decode(known.cls, record.value), envelope)

    def _handle_new(self, heard: Sequence[_Heard]) -> int:
        """Let those take effect that never did, in order; returns how many."""
        tx = self._uow.transaction()
        new = note_events(tx.connection, self._group, [one.name for one in heard], tx.now)
        fresh: list[_Heard] = []
        for one in heard:
            if one.name in new:  # an event that comes twice takes effect at its first place
                new.remove(one.name)
                fresh.append(one)
        if self._foresee is not None and len(fresh) > 1:
            self._foresee([one.event for one in fresh])
        for one in fresh:
            with one.known.seconds.time():
                one.known.handle(one.event, one.envelope)
        return len(fresh)

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
