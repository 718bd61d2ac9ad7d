"""Hears what other services tell, and lets each event take effect once.

The loop: poll; for each partition, in order: read envelope and event, then one transaction {inbox row, handler, what
the handler tells}; keep the offset after the database has committed. What passes (database away, deadlock) is rolled
back, sought back and paused with growing waits while polling goes on, so the membership stays alive. What never passes
(a record that cannot be read, a refusal by the rules, an error that outlives its attempts) is put aside as a dead
letter, in one transaction with its inbox mark. Many dead letters in a row mean that the fault is ours: then it stops
with an Alarm instead of draining the topic. There are no retry topics, since they reorder.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis import readings
from services.chassis.backoff import Backoff
from services.chassis.broker import Broker, BrokerError, Consumer, Record, TopicPartition
from services.chassis.clock import monotonic
from services.chassis.database import transient_of
from services.chassis.errors import Alarm, BadRecord, Refusal
from services.chassis.event import Event
from services.chassis.reception import Foresee, Handler, Reception
from services.chassis.unit_of_work import UnitOfWork

__all__ = ["Foresee", "Handler", "Subscriber", "show_lag"]

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Pause:
    """A partition that waits: until when (monotonic seconds), for which offset, and how often it was tried."""

    until: float
    offset: int
    backoff: Backoff


def show_lag(lag: Mapping[TopicPartition, int]) -> None:
    """Set the lag metric, for the partitions held now and no others; the default for `on_lag`."""
    readings.CONSUMER_LAG.clear()
    for place, ahead in lag.items():
        readings.CONSUMER_LAG.labels(topic=place.topic, partition=str(place.partition)).set(ahead)


class Subscriber:
    """One member of the consumer group `group`; topics follow from the events in `handlers`.

    `attempts` is how often an unexpected error is tried before its record is put aside; faults that pass are tried for
    ever. `most_dead` dead letters without a good event between them raise Alarm out of `run`; they are counted in the
    database, so a restart does not begin anew (see `inbox.acknowledge_dead_letters`). `together` is how many records
    may share a transaction, `foresee` is given their events before. The waits are in seconds.
    """

    def __init__(
        self,
        broker: Broker,
        group: str,
        handlers: Mapping[type[Event], Handler],
        uow: UnitOfWork[Any],
        *,
        attempts: int = 5,
        most_dead: int = 20,
        together: int = 100,
        foresee: Foresee | None = None,
        poll_seconds: float = 0.2,
        on_lag: Callable[[Mapping[TopicPartition, int]], None] = show_lag,
        first_wait: float = 0.1,
        longest_wait: float = 5.0,
    ) -> None:
        self._broker = broker
        self._group = group
        self._topics = sorted({event.topic for event in handlers})
        self._reception = Reception(group, handlers, uow, most_dead=most_dead, foresee=foresee)
        self._attempts = attempts
        self._together = together
        self._poll_seconds = poll_seconds
        self._on_lag = on_lag
        self._waits = (first_wait, longest_wait)
        self._paused: dict[TopicPartition, _Pause] = {}
        self._next_lag = 0.0

    def run(self, stop: threading.Event) -> None:
        """Consume until told to stop; waits for a broker that is away. Raises Alarm when too many records are bad."""
        backoff = Backoff(first=0.2, longest=5.0)
        while not stop.is_set():
            try:
                with self._broker.consumer(self._group, self._topics) as consumer:
                    self._paused.clear()
                    while not stop.is_set():
                        self.turn(consumer, stop)
                        backoff.reset()
            except BrokerError as error:
                _log.warning("consumer_waits_for_broker", extra={"error": type(error).__name__})
                stop.wait(backoff.next())

    def turn(self, consumer: Consumer, stop: threading.Event) -> None:
        """Poll once and handle what came."""
        self._wake(consumer)
        now = monotonic()
        waits = [pause.until - now for pause in self._paused.values() if pause.until > now]
        for place, records in consumer.poll(min([self._poll_seconds, *waits])).items():
            if not stop.is_set():
                self._take(consumer, place, records, stop)
        self._tell_lag(consumer)

    def _take(
        self, consumer: Consumer, place: TopicPartition, records: Sequence[Record], stop: threading.Event
    ) -> None:
        """Handle one partition's records in order; keep the offset of the last one that is done with."""
        done: int | None = None
        try:
            for start in range(0, len(records), self._together):
                some = records[start : start + self._together]
                if len(some) > 1 and place not in self._paused and self._took_together(some):
                    done = some[-1].offset + 1
                    continue
                for record in some:
                    if stop.is_set() or not self._settle(record, place):
                        self._come_back(consumer, place, record)
                        return
                    self._paused.pop(place, None)
                    done = record.offset + 1
        finally:  # an alarm must not lose what went well before it
            if done is not None and not consumer.commit({place: done}):
                _log.info("offset_not_kept", extra={"topic": place.topic, "partition": place.partition})

    def _took_together(self, records: Sequence[Record]) -> bool:
        """Try several in one transaction; False, and nothing done, when one of them went wrong: then one by one."""
        try:
            self._reception.take(records)
        except Exception as error:
            _log.info("one_by_one", extra={"count": len(records), "error": type(error).__name__})
            return False
        return True

    def _settle(self, record: Record, place: TopicPartition) -> bool:
        """Let one record take effect, or put it aside; False when it is to be tried again."""
        try:
            self._reception.take([record])
        except Exception as error:
            pause = self._pause_for(place, record.offset)
            passing = transient_of(error) is not None
            lasting = isinstance(error, BadRecord | Refusal) or pause.backoff.tries + 1 >= self._attempts
            if passing or not lasting:
                self._log_retry(record, error, pause.backoff.tries + 1, unexpected=not passing)
                return False
            return self._put_aside(record, error)
        return True

    def _put_aside(self, record: Record, error: Exception) -> bool:
        """Put a record aside; False when even that must wait for the database."""
        try:
            self._reception.set_aside(record, error)
        except Alarm:
            raise
        except Exception as trouble:
            if transient_of(trouble) is None:
                raise
            self._log_retry(record, trouble, 1, unexpected=False)
            return False
        return True

    def _come_back(self, consumer: Consumer, place: TopicPartition, record: Record) -> None:
        """Go back to this record, and let its partition rest, longer each time; polls pass it over meanwhile."""
        pause = self._pause_for(place, record.offset)
        consumer.seek(place, record.offset)
        consumer.pause([place])
        pause.until = monotonic() + pause.backoff.next()

    def _pause_for(self, place: TopicPartition, offset: int) -> _Pause:
        """Return the partition's pause for this record: attempts are counted per record."""
        pause = self._paused.get(place)
        if pause is None or pause.offset != offset:
            pause = _Pause(0.0, offset, Backoff(first=self._waits[0], longest=self._waits[1]))
            self._paused[place] = pause
        return pause

    def _wake(self, consumer: Consumer) -> None:
        """Let partitions go on whose wait is over; forget those that went to another member."""
        held = consumer.assignment()
        for place in [place for place in self._paused if place not in held]:
            del self._paused[place]
        consumer.resume([place for place, pause in self._paused.items() if pause.until <= monotonic()])

    def _tell_lag(self, consumer: Consumer) -> None:
        if monotonic() < self._next_lag:
            return
        self._next_lag = monotonic() + 5.0
        try:
            self._on_lag(consumer.lag())
        except BrokerError as error:
            _log.warning("lag_unknown", extra={"error": type(error).__name__})

    def _log_retry(self, record: Record, error: Exception, attempt: int, *, unexpected: bool) -> None:
        readings.RECORDS.labels(outcome="retried").inc()
        where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        _log.log(
            logging.ERROR if unexpected else logging.WARNING,
            "record_retried",
            extra={**where, "error": type(error).__name__, "attempt": attempt},
            exc_info=error if unexpected and attempt == 1 else None,
        )
