"""Handles received records: each takes effect, is a repetition, has no handler, or becomes a dead letter.

A record takes effect only when a service signed it that may publish its event (``signatures``). Records that are not
trusted become dead letters without a word of their content, not even an id: the inbox mark of a forged id would drop
the genuine event. They do not count towards the alarm, or a stranger who can write to a topic could stop it.

An effect is one transaction: {inbox row, handler, published events}. Several records may share a transaction, which
saves disk syncs (measured: 870 events a second at 20 per commit, 360 at one); if any of them fails, none takes effect.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.broker.protocol import Record, TopicPartition
from services.chassis.core.errors import BadRecord
from services.chassis.delivery.signatures import EventVerifier, UntrustedRecord, check_key, check_origin
from services.chassis.messages.codec import decode
from services.chassis.messages.envelope import Envelope, read_envelope
from services.chassis.messages.event import Event
from services.chassis.observability import metrics
from services.chassis.storage.dead_letters import DeadLetterRow, remove_letter
from services.chassis.storage.inbox import (
    DeadLetter,
    EventName,
    delete_dead_mark,
    is_dead_letter,
    note_events,
    put_aside,
)
from services.chassis.storage.partition_alarms import (
    count_dead,
    places_of,
    raise_alarm,
    read_state,
    read_states,
    reset_count,
)
from services.chassis.storage.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)

Handler = Callable[[Any, Envelope], None]
"""Handles an event with its envelope. Runs inside ``uow.begin()``; its own begin() joins the inbox's transaction."""

Prefetch = Callable[[Sequence[Event]], None]
"""Called with all events of a transaction before the first is handled, to read the rows they need together."""


@dataclass(frozen=True, slots=True)
class _DecodedRecord:
    """A decoded record with its handler."""

    envelope: Envelope
    event: Event
    handle: Handler

    @property
    def name(self) -> EventName:
        return self.envelope.source, self.envelope.id


class RecordHandler:
    """Handles the records of a consumer group that ``verifier`` trusts. Not thread-safe.

    ``most_dead`` is the limit of consecutive dead letters of a partition, without an event that took effect in between.
    """

    def __init__(
        self,
        group: str,
        handlers: Mapping[type[Event], Handler],
        uow: UnitOfWork[Any],
        verifier: EventVerifier,
        *,
        most_dead: int = 20,
        prefetch: Prefetch | None = None,
    ) -> None:
        self._group = group
        self._handlers = {event.type: (event, handle) for event, handle in handlers.items()}
        self._uow = uow
        self._verifier = verifier
        self._most_dead = most_dead
        self._prefetch = prefetch
        self._counting: frozenset[TopicPartition] | None = None

    def take(self, records: Sequence[Record]) -> None:
        """Handle records of a partition in one transaction, in order: all take effect, or on any exception none."""
        batch = [decoded for record in records if (decoded := self._read(record)) is not None]
        with self._uow.begin(whole=len(records) > 1):
            outcomes = self._effects(batch)
            outcomes["unknown"] += len(records) - len(batch)
            place = records[0].topic_partition
            good = outcomes["handled"] > 0 and place in self._places_counting()
            if good:
                reset_count(self._uow.transaction().connection, self._group, place)
        if good:
            self._counting = self._places_counting() - {place}
        for outcome, times in (+outcomes).items():
            metrics.RECORDS.labels(outcome=outcome).inc(times)

    def store_dead_letter(self, record: Record, error: Exception) -> bool:
        """Store a record as a dead letter; after too many in a row, raise the partition's alarm and return False."""
        letter, place = _letter(record, error), record.topic_partition
        counts = not isinstance(error, UntrustedRecord)
        with self._uow.begin():
            tx = self._uow.transaction()
            state = read_state(tx.connection, self._group, place)
            most = self._most_dead if state.allowed is None else state.allowed
            enough = counts and state.dead_in_a_row >= most
            alarm = enough and not is_dead_letter(tx.connection, self._group, letter)
            if alarm:
                raise_alarm(tx.connection, self._group, place, letter.offset, letter.error, tx.now)
            elif put_aside(tx.connection, self._group, letter, tx.now) and counts:
                count_dead(tx.connection, self._group, place)
        self.drop_cached_counts()
        if isinstance(error, UntrustedRecord):
            metrics.UNTRUSTED.labels(reason=error.field).inc()
        where = {"topic": letter.topic, "partition": letter.partition, "offset": letter.offset}
        what = {"event_id": letter.event_id, "event_type": letter.type, "error": letter.error, "field": letter.field}
        if alarm:
            _log.critical("alarm", extra={**where, **what})
            return False
        metrics.RECORDS.labels(outcome="dead").inc()
        metrics.DEAD_LETTERS.labels(error=letter.error).inc()
        _log.error("dead_letter", extra={**where, **what})
        return True

    def in_alarm(self) -> frozenset[TopicPartition]:
        """Return the partitions in alarm, from the database, since an operator may have ended an alarm."""
        with self._uow.begin(read_only=True):
            states = read_states(self._uow.transaction().connection, self._group)
        return places_of([state for state in states if state.alarm_at is not None])

    def drop_cached_counts(self) -> None:
        """Drop the cached set of partitions with dead letters: after a rebalance it may be out of date."""
        self._counting = None

    def redrive(self, record: Record, letter: DeadLetterRow, *, by: str, reason: str | None = None) -> str:
        """Handle the record of a dead letter after all, exactly once; return the outcome.

        One transaction: {letter deleted, inbox mark deleted, effect, audit}. The outcome is "gone" if the letter no
        longer exists (another operator was quicker), "repeated" if the event took effect in the meantime.
        """
        decoded = self._read(record)
        with self._uow.begin():
            tx = self._uow.transaction()
            if not remove_letter(tx.connection, letter):
                return "gone"
            if decoded is None:
                outcome = "unknown"
            else:
                delete_dead_mark(tx.connection, self._group, *decoded.name)
                (outcome,) = self._effects([decoded])
            ids = {"event_id": letter.event_id, "type": letter.type, "error": letter.error, "outcome": outcome}
            tx.audit("redrive_dead_letter", letter.place, by=by, reason=reason, detail=ids)
        return outcome

    def _read(self, record: Record) -> _DecodedRecord | None:
        """Return the decoded record, or None for a type without a handler. Raises BadRecord, also UntrustedRecord."""
        signer = self._verifier.check(record)
        envelope = read_envelope(record.headers)
        known = self._handlers.get(envelope.type)
        if known is None:
            return None
        cls, handle = known
        check_origin(record, cls, signer)
        event = decode(cls, record.value)
        check_key(record, event)
        return _DecodedRecord(envelope, event, handle)

    def _effects(self, batch: Sequence[_DecodedRecord]) -> Counter[str]:
        """Handle the events that did not take effect before, inside the open transaction; return the outcomes."""
        tx = self._uow.transaction()
        new = note_events(tx.connection, self._group, [decoded.name for decoded in batch], tx.now)
        fresh: list[_DecodedRecord] = []
        for decoded in batch:
            if decoded.name in new:  # an event that occurs twice takes effect at its first place
                new.remove(decoded.name)
                fresh.append(decoded)
        if self._prefetch is not None and len(fresh) > 1:
            self._prefetch([decoded.event for decoded in fresh])
        for decoded in fresh:
            with metrics.HANDLING.labels(type=decoded.envelope.type).time():
                decoded.handle(decoded.event, decoded.envelope)
        return +Counter(handled=len(fresh), repeated=len(batch) - len(fresh))

    def _places_counting(self) -> frozenset[TopicPartition]:
        """Return the partitions with consecutive dead letters; read once, inside the open transaction."""
        if self._counting is None:
            self._counting = places_of(read_states(self._uow.transaction().connection, self._group))
        return self._counting


def _letter(record: Record, error: Exception) -> DeadLetter:
    """Return the dead letter of a record, with safe values only: place, error class, field, and ids if trusted."""
    ids = {} if isinstance(error, UntrustedRecord) else _ids(record)
    field = error.field if isinstance(error, BadRecord) else None
    return DeadLetter(record.topic, record.partition, record.offset, type(error).__name__, field=field, **ids)


def _ids(record: Record) -> dict[str, str]:
    try:
        envelope = read_envelope(record.headers)
    except BadRecord:
        return {}
    return {"event_id": envelope.id, "source": envelope.source, "type": envelope.type}
