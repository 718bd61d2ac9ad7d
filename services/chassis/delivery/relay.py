"""Carries events from the outbox to the broker, one relay per service at a time.

It reads what is "not yet published", sends in waves in which every key occurs at most once, and marks only what the
broker confirmed record by record. So a key's order holds even when a send goes wrong in the middle: the next event of
that key is not sent before the one in front of it is known to be stored. A crash between sending and marking sends
again; the readers' inboxes drop the second one by its id.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from services.chassis.broker.protocol import Broker, BrokerError, BrokerUnavailable, Producer
from services.chassis.core.backoff import Backoff
from services.chassis.core.clock import monotonic
from services.chassis.leadership.leadership import leadership
from services.chassis.observability import background_metrics
from services.chassis.storage.change_watch import ChangeWatch
from services.chassis.storage.database import READ_ONLY, database_now, is_sqlite, transient_of
from services.chassis.storage.outbox import Outgoing, backlog, mark_published, waiting
from services.chassis.storage.retention import forget_old

_log = logging.getLogger(__name__)


class Relay:
    """The loop. `batch` is how many events are read at once, `answer_within` how long one wave waits (seconds).

    `keep` is how long published events stay in the outbox for a look back.
    """

    def __init__(
        self,
        engine: sa.Engine,
        broker: Broker,
        *,
        batch: int = 200,
        idle: float = 0.05,
        answer_within: float = 10.0,
        keep: timedelta = timedelta(days=1),
        name: str = "relay",
    ) -> None:
        self._engine = engine
        self._broker = broker
        self._batch = batch
        self._idle = idle
        self._answer_within = answer_within
        self._keep = keep
        self._lead = leadership(engine, name)
        self._watch = ChangeWatch(engine)
        self._producer: Producer | None = None
        self._backoff = Backoff(first=0.1, longest=2.0)
        self._blocked: dict[tuple[str, str], tuple[float, Backoff]] = {}
        self._more = True
        self._next_look = 0.0
        self._next_forget = 0.0

    def run(self, stop: threading.Event) -> None:
        """Relay until told to stop. Whatever goes wrong with broker or database is waited out, with growing pauses."""
        try:
            while not stop.is_set():
                stop.wait(self.turn())
        finally:
            self._drop_producer()
            self._lead.release()
            self._watch.close()
            background_metrics.LEADING.labels(what="relay").set(0)

    def publish_once(self) -> int:
        """Send what waits now, at most one batch; returns how many the broker took. Raises BrokerUnavailable."""
        now = monotonic()
        shut = [place for place, (until, _) in self._blocked.items() if until > now]
        with self._engine.connect().execution_options(**self._reading()) as connection, connection.begin():
            events = waiting(connection, self._batch, shut)
        full = len(events) == self._batch
        done = 0
        while events:
            wave, events = _wave(events)
            sent, closed = self._send(wave)
            done += sent
            events = [event for event in events if (event.topic, event.key) not in closed]
        self._more = full
        return done

    def turn(self) -> float:
        """Do one round; returns how long to wait before the next one, in seconds."""
        try:
            leading = self._lead.hold()
            background_metrics.LEADING.labels(what="relay").set(int(leading))
            if not leading:
                return 0.5
            self._look_after()
            retry_due = any(until <= monotonic() for until, _ in self._blocked.values())
            if not (self._watch.changed() or self._more or retry_due):
                return self._idle
            self._more = True  # look again, whatever the watch says, until a whole round has gone well
            wait = 0.0 if self.publish_once() else self._idle
        except BrokerError as error:
            self._drop_producer()
            return self._pause("relay_waits_for_broker", error)
        except Exception as error:
            if transient_of(error) is None:
                raise
            return self._pause("relay_waits_for_database", error)
        self._backoff.reset()
        return wait

    def _pause(self, what: str, error: Exception) -> float:
        wait = self._backoff.next()
        background_metrics.OUTBOX_ERRORS.labels(error=type(error).__name__).inc()
        _log.warning(what, extra={"error": type(error).__name__, "attempt": self._backoff.tries})
        return wait

    def _send(self, wave: Sequence[Outgoing]) -> tuple[int, set[tuple[str, str]]]:
        """Send one wave, mark what was confirmed, and return how many, and the (topic, key) pairs to leave alone."""
        if self._producer is None:
            self._producer = self._broker.producer()
        producer = self._producer
        send = producer.send
        deliveries = [(event, send(event.topic, event.key.encode(), event.value, event.headers)) for event in wave]
        producer.flush(self._answer_within)
        deadline = monotonic() + self._answer_within
        confirmed: list[Outgoing] = []
        away: BrokerUnavailable | None = None
        closed: set[tuple[str, str]] = set()
        for event, delivery in deliveries:
            try:
                delivery.result(max(0.001, deadline - monotonic()))
                confirmed.append(event)
            except BrokerUnavailable as error:
                away = error
                closed.add((event.topic, event.key))
            except BrokerError as error:
                self._block(event, error)
                closed.add((event.topic, event.key))
        if confirmed:
            with self._lead.fenced() as connection:
                mark_published(connection, [event.seq for event in confirmed], database_now(connection))
            background_metrics.OUTBOX_PUBLISHED.inc(len(confirmed))
            for event in confirmed:
                self._blocked.pop((event.topic, event.key), None)
        if away is not None:
            raise away
        return len(confirmed), closed

    def _block(self, event: Outgoing, error: BrokerError) -> None:
        """Let one key wait: its event was refused, and the ones behind it must not overtake it."""
        _, backoff = self._blocked.get((event.topic, event.key), (0.0, Backoff(first=0.5, longest=10.0)))
        self._blocked[event.topic, event.key] = (monotonic() + backoff.next(), backoff)
        background_metrics.OUTBOX_ERRORS.labels(error=type(error).__name__).inc()
        where = {"event_id": event.event_id, "topic": event.topic}
        _log.error("event_refused", extra={**where, "error": type(error).__name__})

    def _look_after(self) -> None:
        """Read the backlog now and then, and forget old rows once an hour; the leader does it for the service."""
        if monotonic() >= self._next_look:
            self._next_look = monotonic() + 5.0
            with self._engine.connect().execution_options(**self._reading()) as connection, connection.begin():
                count, oldest = backlog(connection)
                age = (database_now(connection) - oldest).total_seconds() if oldest else 0.0
            background_metrics.OUTBOX_WAITING.set(count)
            background_metrics.OUTBOX_OLDEST.set(max(0.0, age))
        if monotonic() >= self._next_forget:
            self._next_forget = monotonic() + 3600.0
            with self._lead.fenced() as connection:
                forget_old(connection, database_now(connection), published=self._keep)

    def _reading(self) -> dict[str, bool]:
        return {READ_ONLY: True} if is_sqlite(self._engine) else {}

    def _drop_producer(self) -> None:
        """A producer that met trouble is not trusted again: close it and build a new one."""
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                producer.close(timeout=1.0)
            except BrokerError as error:
                _log.warning("producer_close", extra={"error": type(error).__name__})


def _wave(events: Sequence[Outgoing]) -> tuple[list[Outgoing], list[Outgoing]]:
    """Split into the first event of every (topic, key), and the rest; both keep their order."""
    seen: set[tuple[str, str]] = set()
    wave: list[Outgoing] = []
    rest: list[Outgoing] = []
    for event in events:
        place = (event.topic, event.key)
        (rest if place in seen else wave).append(event)
        seen.add(place)
    return wave, rest
