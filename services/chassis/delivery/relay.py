"""The relay: signs events of the outbox and sends them to the broker; one relay per service at a time.

It reads events that are "not yet published", sends them in waves with at most one event per key, and marks only events
that the broker confirmed record by record. So a key's order holds even when a send fails in the middle: the next event
of that key is not sent before the previous one is known to be stored. After a crash between sending and marking, events
are sent again; the consumers' inboxes drop the repetition by its id.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from services.chassis.broker.protocol import Broker, BrokerError, BrokerUnavailable, Delivery, Producer
from services.chassis.core.backoff import Backoff
from services.chassis.core.clock import monotonic
from services.chassis.delivery.signatures import EventSigner
from services.chassis.leadership.leadership import leadership
from services.chassis.observability import metrics
from services.chassis.storage.change_watch import ChangeWatch
from services.chassis.storage.database import database_now, is_sqlite, transient_of
from services.chassis.storage.outbox import Outgoing, backlog, mark_published, waiting
from services.chassis.storage.retention import forget_old
from services.chassis.storage.sqlite import READ_ONLY

_log = logging.getLogger(__name__)


class Relay:
    """The relay's loop. ``signer`` has the private key of the service.

    ``batch`` is how many events are read at once, ``answer_within`` how long to wait for a wave.
    ``keep`` is how long published events stay in the outbox for inspection.
    """

    def __init__(
        self,
        engine: sa.Engine,
        broker: Broker,
        signer: EventSigner,
        *,
        batch: int = 200,
        idle: float = 0.05,
        answer_within: float = 10.0,
        keep: timedelta = timedelta(days=1),
        name: str = "relay",
    ) -> None:
        self._engine = engine
        self._broker = broker
        self._signer = signer
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
        self._next_backlog = 0.0
        self._next_forget = 0.0

    def run(self, stop: threading.Event) -> None:
        """Relay until ``stop`` is set. Faults of the broker or the database are retried, with growing pauses."""
        try:
            while not stop.is_set():
                stop.wait(self.turn())
        finally:
            self.close()

    def close(self) -> None:
        """Let another relay lead. ``run`` does it at its end."""
        self._drop_producer()
        self._lead.release()
        self._watch.close()
        metrics.LEADING.labels(what="relay").set(0)

    def publish_once(self) -> int:
        """Send at most one batch of waiting events; return how many the broker stored. Raises BrokerUnavailable."""
        now = monotonic()
        blocked = [place for place, (until, _) in self._blocked.items() if until > now]
        with self._engine.connect().execution_options(**self._reading()) as connection, connection.begin():
            events = waiting(connection, self._batch, blocked)
        full = len(events) == self._batch
        done = 0
        while events:
            wave, events = _wave(events)
            sent, failed = self._send(wave)
            done += sent
            events = [event for event in events if (event.topic, event.key) not in failed]
        self._more = full
        return done

    def turn(self) -> float:
        """Run the loop once; return how long to wait before the next turn, in seconds."""
        try:
            leading = self._lead.hold()
            metrics.LEADING.labels(what="relay").set(int(leading))
            if not leading:
                return 0.5
            self._maintain()
            retry_due = any(until <= monotonic() for until, _ in self._blocked.values())
            if not (self._watch.changed() or self._more or retry_due):
                return self._idle
            self._more = True  # read again, whatever the watch reports, until a whole turn has succeeded
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
        metrics.OUTBOX_ERRORS.labels(error=type(error).__name__).inc()
        _log.warning(what, extra={"error": type(error).__name__, "attempt": self._backoff.tries})
        return wait

    def _send(self, wave: Sequence[Outgoing]) -> tuple[int, set[tuple[str, str]]]:
        """Send a wave, mark the confirmed events, and return their number and the (topic, key) pairs that failed."""
        if self._producer is None:
            self._producer = self._broker.producer()
        producer = self._producer
        deliveries = [(event, self._publish(producer, event)) for event in wave]
        producer.flush(self._answer_within)
        deadline = monotonic() + self._answer_within
        confirmed: list[Outgoing] = []
        away: BrokerUnavailable | None = None
        failed: set[tuple[str, str]] = set()
        for event, delivery in deliveries:
            try:
                delivery.result(max(0.001, deadline - monotonic()))
                confirmed.append(event)
            except BrokerUnavailable as error:
                away = error
                failed.add((event.topic, event.key))
            except BrokerError as error:
                self._block(event, error)
                failed.add((event.topic, event.key))
        if confirmed:
            with self._lead.fenced() as connection:
                mark_published(connection, [event.seq for event in confirmed], database_now(connection))
            metrics.OUTBOX_PUBLISHED.inc(len(confirmed))
            for event in confirmed:
                self._blocked.pop((event.topic, event.key), None)
        if away is not None:
            raise away
        return len(confirmed), failed

    def _publish(self, producer: Producer, event: Outgoing) -> Delivery:
        key = event.key.encode()
        headers = self._signer.sign(event.topic, key, event.value, event.headers)
        return producer.send(event.topic, key, event.value, headers)

    def _block(self, event: Outgoing, error: BrokerError) -> None:
        """Pause a key: its event was refused, and later events must not overtake it."""
        _, backoff = self._blocked.get((event.topic, event.key), (0.0, Backoff(first=0.5, longest=10.0)))
        self._blocked[event.topic, event.key] = (monotonic() + backoff.next(), backoff)
        metrics.OUTBOX_ERRORS.labels(error=type(error).__name__).inc()
        where = {"event_id": event.event_id, "topic": event.topic}
        _log.error("event_refused", extra={**where, "error": type(error).__name__})

    def _maintain(self) -> None:
        """Read the backlog every five seconds and delete expired rows once an hour, as the leader."""
        if monotonic() >= self._next_backlog:
            self._next_backlog = monotonic() + 5.0
            with self._engine.connect().execution_options(**self._reading()) as connection, connection.begin():
                count, oldest = backlog(connection)
                age = (database_now(connection) - oldest).total_seconds() if oldest else 0.0
            metrics.OUTBOX_WAITING.set(count)
            metrics.OUTBOX_OLDEST.set(max(0.0, age))
        if monotonic() >= self._next_forget:
            self._next_forget = monotonic() + 3600.0
            with self._lead.fenced() as connection:
                forget_old(connection, database_now(connection), published=self._keep)

    def _reading(self) -> dict[str, bool]:
        return {READ_ONLY: True} if is_sqlite(self._engine) else {}

    def _drop_producer(self) -> None:
        """Close a producer after an error: its state is unknown, so the next send creates a new one."""
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
