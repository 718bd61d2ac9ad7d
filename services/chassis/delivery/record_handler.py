"""What becomes of a record once it is here: it takes effect, was here before, concerns nobody, or is put aside.

An effect is one transaction: {inbox row, handler, what the handler tells}. Several records may share one, which spares
the disk (measured: 870 events a second at 20 to a commit, 360 at one); when one of them goes wrong, none took effect.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.broker.protocol import Record, TopicPartition
from services.chassis.core.errors import BadRecord
from services.chassis.messages.codec import decode
from services.chassis.messages.envelope import Envelope, read_envelope
from services.chassis.messages.event import Event
from services.chassis.observability import background_metrics
from services.chassis.storage.dead_letters import Letter, remove_letter
from services.chassis.storage.inbox import DeadLetter, EventName, forget_dead, is_put_aside, note_events, put_aside
from services.chassis.storage.partition_alarms import (
    count_dead,
    end_row,
    places_of,
    raise_alarm,
    read_state,
    read_states,
)
from services.chassis.storage.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)

Handler = Callable[[Any, Envelope], None]
"""Takes the event and its envelope. Runs inside `uow.begin()`: its own begin() joins the inbox row's transaction."""

Foresee = Callable[[Sequence[Event]], None]
"""Is given all events of a transaction before the first one is handled, to read at once what they will need."""


@dataclass(frozen=True, slots=True)
class _Readable:
    """A record of a type that somebody here handles, read."""

    envelope: Envelope
    event: Event
    handle: Handler

    @property
    def name(self) -> EventName:
        return self.envelope.source, self.envelope.id


class Reception:
    """Receives records for one consumer group. Not for several threads.

    `most_dead` is how many dead letters of one partition may follow each other without an event that took effect.
    """

    def __init__(
        self,
        group: str,
        handlers: Mapping[type[Event], Handler],
        uow: UnitOfWork[Any],
        *,
        most_dead: int = 20,
        foresee: Foresee | None = None,
    ) -> None:
        self._group = group
        self._handlers = {event.type: (event, handle) for event, handle in handlers.items()}
        self._uow = uow
        self._most_dead = most_dead
        self._foresee = foresee
        self._counting: frozenset[TopicPartition] | None = None

    def take(self, records: Sequence[Record]) -> None:
        """Let records of one partition take effect in one transaction, in order: all, or on any exception none."""
        readable = [found for record in records if (found := self._read(record)) is not None]
        with self._uow.begin(whole=len(records) > 1):
            outcomes = self._effects(readable)
            outcomes["unknown"] += len(records) - len(readable)
            place = records[0].topic_partition
            good = outcomes["handled"] > 0 and place in self._places_counting()
            if good:
                end_row(self._uow.transaction().connection, self._group, place)
        if good:
            self._counting = self._places_counting() - {place}
        for outcome, times in (+outcomes).items():
            background_metrics.RECORDS.labels(outcome=outcome).inc(times)

    def set_aside(self, record: Record, error: Exception) -> bool:
        """Write a dead letter instead of an effect; False, and an alarm instead, when too many came in a row."""
        letter, place = _letter(record, error), record.topic_partition
        with self._uow.begin():
            tx = self._uow.transaction()
            state = read_state(tx.connection, self._group, place)
            most = self._most_dead if state.allowed is None else state.allowed
            alarm = state.dead_in_a_row >= most and not is_put_aside(tx.connection, self._group, letter)
            if alarm:
                raise_alarm(tx.connection, self._group, place, letter.offset, letter.error, tx.now)
            elif put_aside(tx.connection, self._group, letter, tx.now):
                count_dead(tx.connection, self._group, place)
        self.look_again()
        where = {"topic": letter.topic, "partition": letter.partition, "offset": letter.offset}
        what = {"event_id": letter.event_id, "event_type": letter.type, "error": letter.error, "field": letter.field}
        if alarm:
            _log.critical("alarm", extra={**where, **what})
            return False
        background_metrics.RECORDS.labels(outcome="dead").inc()
        background_metrics.DEAD_LETTERS.labels(error=letter.error).inc()
        _log.error("dead_letter", extra={**where, **what})
        return True

    def in_alarm(self) -> frozenset[TopicPartition]:
        """Return the partitions whose alarm stands in the database: an operator may have ended one meanwhile."""
        with self._uow.begin(read_only=True):
            states = read_states(self._uow.transaction().connection, self._group)
        return places_of([state for state in states if state.alarm_at is not None])

    def look_again(self) -> None:
        """Forget which partitions count dead letters: after a change of hands the database knows better."""
        self._counting = None

    def redrive(self, record: Record, letter: Letter, *, by: str, reason: str | None = None) -> str:
        """Let a record that was put aside take effect after all, exactly once; returns what became of it.

        One transaction: {letter removed, inbox mark taken back, effect, audit}. "gone" when the letter is not there
        any more (somebody was quicker), "repeated" when the event took effect in the meantime.
        """
        found = self._read(record)
        with self._uow.begin():
            tx = self._uow.transaction()
            if not remove_letter(tx.connection, letter):
                return "gone"
            if found is None:
                outcome = "unknown"
            else:
                forget_dead(tx.connection, self._group, *found.name)
                (outcome,) = self._effects([found])
            ids = {"event_id": letter.event_id, "type": letter.type, "error": letter.error, "outcome": outcome}
            tx.audit("redrive_dead_letter", letter.place, by=by, reason=reason, detail=ids)
        return outcome

    def _read(self, record: Record) -> _Readable | None:
        """Read a record; None for a type that nobody here handles. Raises BadRecord."""
        envelope = read_envelope(record.headers)
        known = self._handlers.get(envelope.type)
        if known is None:
            return None
        cls, handle = known
        return _Readable(envelope, decode(cls, record.value), handle)

    def _effects(self, readable: Sequence[_Readable]) -> Counter[str]:
        """Let events take effect that did not before, inside the open transaction."""
        tx = self._uow.transaction()
        new = note_events(tx.connection, self._group, [found.name for found in readable], tx.now)
        fresh: list[_Readable] = []
        for found in readable:
            if found.name in new:  # an event that comes twice takes effect at its first place
                new.remove(found.name)
                fresh.append(found)
        if self._foresee is not None and len(fresh) > 1:
            self._foresee([found.event for found in fresh])
        for found in fresh:
            with background_metrics.HANDLING.labels(type=found.envelope.type).time():
                found.handle(found.event, found.envelope)
        return +Counter(handled=len(fresh), repeated=len(readable) - len(fresh))

    def _places_counting(self) -> frozenset[TopicPartition]:
        """Return the partitions that count dead letters; asks the database once, inside the open transaction."""
        if self._counting is None:
            self._counting = places_of(read_states(self._uow.transaction().connection, self._group))
        return self._counting


def _letter(record: Record, error: Exception) -> DeadLetter:
    """Describe a bad record by what is safe: place, ids, error class, field."""
    try:
        envelope = read_envelope(record.headers)
        ids = {"event_id": envelope.id, "source": envelope.source, "type": envelope.type}
    except BadRecord:
        ids = {}
    field = error.field if isinstance(error, BadRecord) else None
    return DeadLetter(record.topic, record.partition, record.offset, type(error).__name__, field=field, **ids)
