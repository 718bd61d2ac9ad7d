"""Consumes events of other services and applies each exactly once.

The loop: poll; for each partition, in order: decode envelope and event, then one transaction {inbox row, handler,
published events}; commit the offset after the database has committed. After a transient fault (database away, deadlock)
the partition is rolled back, sought back and paused with growing waits while polling continues, so the membership stays
alive. A permanent fault (a record that cannot be read, a refusal by a rule, an error after the last attempt) makes the
record a dead letter, in one transaction with its inbox mark. Many consecutive dead letters of a partition mean that the
fault is ours: the partition stops in alarm, instead of being drained, until an operator resumes it; the others go on.
There are no retry topics, since they reorder.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import partial
from typing import Any

from services.chassis.broker.protocol import Broker, BrokerError, Consumer, Record, TopicPartition
from services.chassis.core.backoff import Backoff
from services.chassis.core.clock import monotonic
from services.chassis.core.errors import Alarm, BadRecord, Refusal, Unavailable
from services.chassis.delivery.batch_size import BatchSize
from services.chassis.delivery.pauses import Pauses
from services.chassis.delivery.progress_watch import ConsumerStalled, ProgressWatch
from services.chassis.delivery.record_handler import Handler, Prefetch, RecordHandler
from services.chassis.delivery.signatures import EventVerifier
from services.chassis.messages.event import Event
from services.chassis.observability import metrics
from services.chassis.storage.database import transient_of
from services.chassis.storage.unit_of_work import UnitOfWork

__all__ = ["Handler", "Prefetch", "Subscriber", "show_lag"]

_log = logging.getLogger(__name__)


class _Outcome(Enum):
    """The outcome of handling records of a partition."""

    DONE = "took effect, or became dead letters"
    SMALLER = "one of several failed: try fewer"
    LATER = "try again after a pause"
    AWAY = "the database does not answer"
    ALARM = "too many bad records in a row"


def show_lag(lag: Mapping[TopicPartition, int]) -> None:
    """Set the lag metric, for the assigned partitions and no others; the default for ``on_lag``."""
    metrics.CONSUMER_LAG.clear()
    for place, ahead in lag.items():
        metrics.CONSUMER_LAG.labels(topic=place.topic, partition=str(place.partition)).set(ahead)


class Subscriber:
    """A member of the consumer group ``group``; the events in ``handlers`` determine the topics.

    Only records that ``verifier`` trusts take effect.

    After ``attempts`` unexpected errors a record becomes a dead letter; transient faults are retried for ever.
    ``most_dead`` consecutive dead letters of a partition raise its alarm; see ``partition_alarms``. ``together`` is how
    many records share a transaction at first and ``most_together`` at most; see ``BatchSize``. A consumer that returns
    nothing for ``patience`` seconds while records lie ahead is replaced. Waits are in seconds; ``now`` is the monotonic
    clock.
    """

    def __init__(  # noqa: PLR0913 - knobs of one loop, nearly all with defaults
        self,
        broker: Broker,
        group: str,
        handlers: Mapping[type[Event], Handler],
        uow: UnitOfWork[Any],
        verifier: EventVerifier,
        *,
        attempts: int = 5,
        most_dead: int = 20,
        together: int = 20,
        most_together: int = 400,
        prefetch: Prefetch | None = None,
        poll_seconds: float = 0.2,
        on_lag: Callable[[Mapping[TopicPartition, int]], None] = show_lag,
        first_wait: float = 0.1,
        longest_wait: float = 2.0,
        check_every: float = 1.0,
        patience: float = 30.0,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._broker = broker
        self._group = group
        self._topics = sorted({event.topic for event in handlers})
        self._record_handler = RecordHandler(group, handlers, uow, verifier, most_dead=most_dead, prefetch=prefetch)
        self._attempts = attempts
        self._max_polled = max(100, most_together)
        self._new_size = partial(BatchSize, together, max(together, most_together))
        self._poll_seconds = poll_seconds
        self._on_lag = on_lag
        self._check_every = check_every
        self._now = now
        self._new_pauses = partial(Pauses, first=first_wait, longest=longest_wait, now=now)
        self._new_watch = partial(ProgressWatch, patience=patience, now=now)
        self._reset()

    def run(self, stop: threading.Event) -> None:
        """Consume until ``stop`` is set; waits while the broker is away."""
        backoff = Backoff(first=0.2, longest=2.0)
        while not stop.is_set():
            try:
                with self._broker.consumer(self._group, self._topics) as consumer:
                    self._reset()
                    while not stop.is_set():
                        self.turn(consumer, stop)
                        backoff.reset()
            except ConsumerStalled:
                metrics.CONSUMER_REBUILT.inc()
                _log.error("consumer_rebuilt", extra={"group": self._group})
            except BrokerError as error:
                _log.warning("consumer_waits_for_broker", extra={"error": type(error).__name__})
                stop.wait(backoff.next())

    def turn(self, consumer: Consumer, stop: threading.Event) -> None:
        """Poll once and handle the records. Raises BrokerError when this consumer cannot go on."""
        self._follow_assignment(consumer)
        self._resume_due(consumer)
        wait = min([self._poll_seconds, *self._pauses.waiting().values()])
        polled = consumer.poll(wait, self._max_polled)
        self._watch.note_poll(polled, full=sum(map(len, polled.values())) >= self._max_polled)
        away = False
        for place, records in polled.items():
            if away:  # each partition's attempt would wait for the database again
                self._retry_from(consumer, place, records[0], _Outcome.AWAY)
            elif not stop.is_set():
                away = self._handle_partition(consumer, place, records, stop) is _Outcome.AWAY
        self._check_lag(consumer)

    def check(self) -> None:
        """Raise Alarm while a partition is in alarm; for the process's health check."""
        if self._in_alarm:
            raise Alarm(f"{len(self._in_alarm)} partition(s) stand in alarm")

    def _reset(self) -> None:
        """Reset the state of the previous consumer: a new one has no partitions and no pauses."""
        self._assigned: frozenset[TopicPartition] = frozenset()
        self._pauses = self._new_pauses()
        self._watch = self._new_watch()
        self._sizes: dict[TopicPartition, BatchSize] = defaultdict(self._new_size)
        self._next_lag = 0.0
        self._next_alarm_check = 0.0
        self._show_alarms(frozenset())

    def _handle_partition(
        self, consumer: Consumer, place: TopicPartition, records: Sequence[Record], stop: threading.Event
    ) -> _Outcome:
        """Handle a partition's records in order; commit the offset of the last handled record."""
        done = 0
        try:
            while done < len(records) and not stop.is_set():
                batch = records[done : done + self._sizes[place].now]
                outcome = self._handle_batch(place, batch)
                if outcome is _Outcome.DONE:
                    done += len(batch)
                elif outcome is not _Outcome.SMALLER:
                    self._retry_from(consumer, place, batch[0], outcome)
                    return outcome
        finally:  # an error must not lose the offsets of the records handled before it
            if done and not consumer.commit({place: records[done - 1].offset + 1}):
                _log.info("offset_not_kept", extra={"topic": place.topic, "partition": place.partition})
        return _Outcome.DONE

    def _handle_batch(self, place: TopicPartition, records: Sequence[Record]) -> _Outcome:
        """Handle records in one transaction; a single record with a permanent fault becomes a dead letter."""
        size, began = self._sizes[place], self._now()
        try:
            self._record_handler.take(records)
        except Exception as error:
            size.after_failure()
            return self._outcome_of_error(place, records, error)
        size.after_success(len(records), self._now() - began)
        self._pauses.end(place)
        self._pauses.end_waits_for_answer()
        return _Outcome.DONE

    def _outcome_of_error(self, place: TopicPartition, records: Sequence[Record], error: Exception) -> _Outcome:
        """Return the outcome of an error for these records, none of which took effect."""
        record = records[0]
        transient_outcome = self._outcome_if_transient(record, error)
        if transient_outcome is not None:
            return transient_outcome
        if len(records) > 1:
            return _Outcome.SMALLER
        pause = self._pauses.at(place, record.offset)
        pause.errors += 1
        if not isinstance(error, BadRecord | Refusal) and pause.errors < self._attempts:
            self._log_retry(record, error, pause.errors, unexpected=True)
            return _Outcome.LATER
        return self._store_dead_letter(place, record, error)

    def _outcome_if_transient(self, record: Record, error: Exception) -> _Outcome | None:
        """Return the outcome of a transient fault, or None for other errors."""
        transient = transient_of(error)
        if transient is None:
            return None
        tries = self._pauses.at(record.topic_partition, record.offset).backoff.tries
        self._log_retry(record, error, tries + 1, unexpected=False)
        return _Outcome.AWAY if isinstance(transient, Unavailable) else _Outcome.LATER

    def _store_dead_letter(self, place: TopicPartition, record: Record, error: Exception) -> _Outcome:
        """Store a record as a dead letter; on a transient fault, try again later."""
        try:
            stored = self._record_handler.store_dead_letter(record, error)
        except Exception as second_error:
            transient_outcome = self._outcome_if_transient(record, second_error)
            if transient_outcome is None:
                raise
            return transient_outcome
        self._pauses.end(place)
        return _Outcome.DONE if stored else _Outcome.ALARM

    def _retry_from(self, consumer: Consumer, place: TopicPartition, record: Record, why: _Outcome) -> None:
        """Seek back to this record and pause its partition: for a while, or until the alarm is ended."""
        consumer.seek(place, record.offset)
        consumer.pause([place])
        if why is _Outcome.ALARM:
            self._show_alarms(self._in_alarm | {place})
        else:
            self._pauses.begin(place, record.offset, away=why is _Outcome.AWAY)

    def _follow_assignment(self, consumer: Consumer) -> None:
        """After a rebalance, drop the state of lost partitions and the cached counts of dead letters."""
        assigned = consumer.assignment()
        if assigned != self._assigned:
            self._assigned = assigned
            self._record_handler.drop_cached_counts()
            self._pauses.keep(assigned)
            self._show_alarms(self._in_alarm & assigned)

    def _resume_due(self, consumer: Consumer) -> None:
        """Resume partitions whose wait is over, or whose alarm an operator has ended."""
        consumer.resume([place for place in self._pauses.due() if place not in self._in_alarm])
        if not self._in_alarm or self._now() < self._next_alarm_check:
            return
        self._next_alarm_check = self._now() + self._check_every
        try:
            ended = self._in_alarm - self._record_handler.in_alarm()
        except Exception as error:
            if transient_of(error) is None:
                raise
            return
        consumer.resume(sorted(ended))
        for place in sorted(ended):
            _log.warning("alarm_ended", extra={"topic": place.topic, "partition": place.partition})
        self._show_alarms(self._in_alarm - ended)

    def _show_alarms(self, places: frozenset[TopicPartition]) -> None:
        """Set the partitions in alarm, and the metric."""
        self._in_alarm = places
        metrics.CONSUMER_ALARM.clear()
        for place in places:
            metrics.CONSUMER_ALARM.labels(topic=place.topic, partition=str(place.partition)).set(1)

    def _check_lag(self, consumer: Consumer) -> None:
        """Report the lag every five seconds, and check for progress. Raises ConsumerStalled."""
        if self._now() < self._next_lag:
            return
        self._next_lag = self._now() + 5.0
        try:
            lag = consumer.lag()
        except BrokerError as error:
            _log.warning("lag_unknown", extra={"error": type(error).__name__})
            return
        self._on_lag(lag)
        self._watch.note_lag(lag, self._pauses.waiting().keys() | self._in_alarm)

    def _log_retry(self, record: Record, error: Exception, attempt: int, *, unexpected: bool) -> None:
        metrics.RECORDS.labels(outcome="retried").inc()
        where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        _log.log(
            logging.ERROR if unexpected else logging.WARNING,
            "record_retried",
            extra={**where, "error": type(error).__name__, "attempt": attempt},
            exc_info=error if unexpected and attempt == 1 else None,
        )
