"""Consumes the events of other services, and lets each take effect once.

The loop: poll; for each partition, in order: read envelope and event, then one transaction {inbox row, handler, what
the handler tells}; keep the offset after the database has committed. What passes (database away, deadlock) is rolled
back, sought back and paused with growing waits while polling goes on, so the membership stays alive. What never passes
(a record that cannot be read, a refusal by the rules, an error that outlives its attempts) is put aside as a dead
letter, in one transaction with its inbox mark. Many dead letters in a row in one partition mean that the fault is ours:
then that partition stands in alarm, instead of being drained, until an operator resumes it; the others go on. There are
no retry topics, since they reorder.
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
from services.chassis.delivery.record_handler import Foresee, Handler, Reception
from services.chassis.messages.event import Event
from services.chassis.observability import background_metrics
from services.chassis.storage.database import transient_of
from services.chassis.storage.unit_of_work import UnitOfWork

__all__ = ["Foresee", "Handler", "Subscriber", "show_lag"]

_log = logging.getLogger(__name__)


class _Outcome(Enum):
    """What became of some records of a partition."""

    DONE = "took effect, or was put aside"
    SMALLER = "one of several went wrong: try fewer"
    LATER = "try again after a pause"
    AWAY = "the database does not answer"
    ALARM = "too many bad records in a row"


def show_lag(lag: Mapping[TopicPartition, int]) -> None:
    """Set the lag metric, for the partitions held now and no others; the default for `on_lag`."""
    background_metrics.CONSUMER_LAG.clear()
    for place, ahead in lag.items():
        background_metrics.CONSUMER_LAG.labels(topic=place.topic, partition=str(place.partition)).set(ahead)


class Subscriber:
    """One member of the consumer group `group`; topics follow from the events in `handlers`.

    `attempts` is how often an unexpected error is tried before its record is put aside; faults that pass are tried for
    ever. `most_dead` dead letters of one partition without a good event between them raise its alarm; see
    `partition_alarms`. `together` is how many records share a transaction at first and `most_together` at most; see
    `BatchSize`. A consumer that brings nothing for `patience` seconds while records lie ahead is built anew. The waits
    are in seconds; `now` is the monotonic clock.
    """

    def __init__(  # noqa: PLR0913 - knobs of one loop, nearly all with defaults
        self,
        broker: Broker,
        group: str,
        handlers: Mapping[type[Event], Handler],
        uow: UnitOfWork[Any],
        *,
        attempts: int = 5,
        most_dead: int = 20,
        together: int = 20,
        most_together: int = 400,
        foresee: Foresee | None = None,
        poll_seconds: float = 0.2,
        on_lag: Callable[[Mapping[TopicPartition, int]], None] = show_lag,
        first_wait: float = 0.1,
        longest_wait: float = 2.0,
        look_every: float = 1.0,
        patience: float = 30.0,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._broker = broker
        self._group = group
        self._topics = sorted({event.topic for event in handlers})
        self._reception = Reception(group, handlers, uow, most_dead=most_dead, foresee=foresee)
        self._attempts = attempts
        self._most_polled = max(100, most_together)
        self._new_size = partial(BatchSize, together, max(together, most_together))
        self._poll_seconds = poll_seconds
        self._on_lag = on_lag
        self._look_every = look_every
        self._now = now
        self._new_pauses = partial(Pauses, first=first_wait, longest=longest_wait, now=now)
        self._new_watch = partial(ProgressWatch, patience=patience, now=now)
        self._start_afresh()

    def run(self, stop: threading.Event) -> None:
        """Consume until told to stop; waits for a broker that is away."""
        backoff = Backoff(first=0.2, longest=2.0)
        while not stop.is_set():
            try:
                with self._broker.consumer(self._group, self._topics) as consumer:
                    self._start_afresh()
                    while not stop.is_set():
                        self.turn(consumer, stop)
                        backoff.reset()
            except ConsumerStalled:
                background_metrics.CONSUMER_REBUILT.inc()
                _log.error("consumer_rebuilt", extra={"group": self._group})
            except BrokerError as error:
                _log.warning("consumer_waits_for_broker", extra={"error": type(error).__name__})
                stop.wait(backoff.next())

    def turn(self, consumer: Consumer, stop: threading.Event) -> None:
        """Poll once and handle what came. Raises BrokerError when this consumer cannot go on."""
        self._follow_assignment(consumer)
        self._wake(consumer)
        wait = min([self._poll_seconds, *self._pauses.waiting().values()])
        found = consumer.poll(wait, self._most_polled)
        self._watch.note_poll(found, full=sum(map(len, found.values())) >= self._most_polled)
        away = False
        for place, records in found.items():
            if away:  # each try would wait for the database again, one partition after the other
                self._come_back(consumer, place, records[0], _Outcome.AWAY)
            elif not stop.is_set():
                away = self._take(consumer, place, records, stop) is _Outcome.AWAY
        self._look_at_lag(consumer)

    def check(self) -> None:
        """Raise Alarm while a partition stands in alarm; for the health of the process."""
        if self._in_alarm:
            raise Alarm(f"{len(self._in_alarm)} partition(s) stand in alarm")

    def _start_afresh(self) -> None:
        """Forget what was known of the consumer before: a new one holds nothing and pauses nothing."""
        self._held: frozenset[TopicPartition] = frozenset()
        self._pauses = self._new_pauses()
        self._watch = self._new_watch()
        self._sizes: dict[TopicPartition, BatchSize] = defaultdict(self._new_size)
        self._next_lag = 0.0
        self._next_look = 0.0
        self._show_alarms(frozenset())

    def _take(
        self, consumer: Consumer, place: TopicPartition, records: Sequence[Record], stop: threading.Event
    ) -> _Outcome:
        """Handle one partition's records in order; keep the offset of the last one that is done with."""
        done = 0
        try:
            while done < len(records) and not stop.is_set():
                some = records[done : done + self._sizes[place].now]
                outcome = self._settle(place, some)
                if outcome is _Outcome.DONE:
                    done += len(some)
                elif outcome is not _Outcome.SMALLER:
                    self._come_back(consumer, place, some[0], outcome)
                    return outcome
        finally:  # an error must not lose what went well before it
            if done and not consumer.commit({place: records[done - 1].offset + 1}):
                _log.info("offset_not_kept", extra={"topic": place.topic, "partition": place.partition})
        return _Outcome.DONE

    def _settle(self, place: TopicPartition, records: Sequence[Record]) -> _Outcome:
        """Let records take effect in one transaction; a single one that never passes is put aside."""
        size, began = self._sizes[place], self._now()
        try:
            self._reception.take(records)
        except Exception as error:
            size.went_wrong()
            return self._went_wrong(place, records, error)
        size.went_well(len(records), self._now() - began)
        self._pauses.end(place)
        self._pauses.something_answered()
        return _Outcome.DONE

    def _went_wrong(self, place: TopicPartition, records: Sequence[Record], error: Exception) -> _Outcome:
        """Decide what an error means for these records, none of which took effect."""
        record = records[0]
        passing = self._passing(record, error)
        if passing is not None:
            return passing
        if len(records) > 1:
            return _Outcome.SMALLER
        pause = self._pauses.at(place, record.offset)
        pause.errors += 1
        if not isinstance(error, BadRecord | Refusal) and pause.errors < self._attempts:
            self._log_retry(record, error, pause.errors, unexpected=True)
            return _Outcome.LATER
        return self._put_aside(place, record, error)

    def _passing(self, record: Record, error: Exception) -> _Outcome | None:
        """Return what to do about a fault that passes; None for any other."""
        transient = transient_of(error)
        if transient is None:
            return None
        tries = self._pauses.at(record.topic_partition, record.offset).backoff.tries
        self._log_retry(record, error, tries + 1, unexpected=False)
        return _Outcome.AWAY if isinstance(transient, Unavailable) else _Outcome.LATER

    def _put_aside(self, place: TopicPartition, record: Record, error: Exception) -> _Outcome:
        """Put a record aside; when the database does not take that now, later."""
        try:
            put_aside = self._reception.set_aside(record, error)
        except Exception as trouble:
            passing = self._passing(record, trouble)
            if passing is None:
                raise
            return passing
        self._pauses.end(place)
        return _Outcome.DONE if put_aside else _Outcome.ALARM

    def _come_back(self, consumer: Consumer, place: TopicPartition, record: Record, why: _Outcome) -> None:
        """Go back to this record, and let polls pass its partition over: for a while, or until the alarm is ended."""
        consumer.seek(place, record.offset)
        consumer.pause([place])
        if why is _Outcome.ALARM:
            self._show_alarms(self._in_alarm | {place})
        else:
            self._pauses.begin(place, record.offset, away=why is _Outcome.AWAY)

    def _follow_assignment(self, consumer: Consumer) -> None:
        """Forget what went to another member; what came was perhaps counted by another one."""
        held = consumer.assignment()
        if held != self._held:
            self._held = held
            self._reception.look_again()
            self._pauses.keep(held)
            self._show_alarms(self._in_alarm & held)

    def _wake(self, consumer: Consumer) -> None:
        """Let partitions go on whose wait is over, or whose alarm an operator has ended."""
        consumer.resume([place for place in self._pauses.due() if place not in self._in_alarm])
        if not self._in_alarm or self._now() < self._next_look:
            return
        self._next_look = self._now() + self._look_every
        try:
            ended = self._in_alarm - self._reception.in_alarm()
        except Exception as error:
            if transient_of(error) is None:
                raise
            return
        consumer.resume(sorted(ended))
        for place in sorted(ended):
            _log.warning("alarm_ended", extra={"topic": place.topic, "partition": place.partition})
        self._show_alarms(self._in_alarm - ended)

    def _show_alarms(self, places: frozenset[TopicPartition]) -> None:
        """Set which partitions stand in alarm, and the metric with it."""
        self._in_alarm = places
        background_metrics.CONSUMER_ALARM.clear()
        for place in places:
            background_metrics.CONSUMER_ALARM.labels(topic=place.topic, partition=str(place.partition)).set(1)

    def _look_at_lag(self, consumer: Consumer) -> None:
        """Tell the lag every five seconds, and whether the consumer stands still. Raises ConsumerStalled."""
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
        background_metrics.RECORDS.labels(outcome="retried").inc()
        where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        _log.log(
            logging.ERROR if unexpected else logging.WARNING,
            "record_retried",
            extra={**where, "error": type(error).__name__, "attempt": attempt},
            exc_info=error if unexpected and attempt == 1 else None,
        )
