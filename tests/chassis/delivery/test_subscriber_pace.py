"""A consumer that is behind handles larger batches, and a stalled consumer is replaced."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import pytest
import sqlalchemy as sa

from services.chassis.broker.protocol import Record, TopicPartition
from services.chassis.core.errors import Contention, Unavailable
from services.chassis.delivery.batch_size import BatchSize
from services.chassis.delivery.progress_watch import ConsumerStalled, ProgressWatch
from services.chassis.delivery.record_handler import Handler
from services.chassis.delivery.subscriber import Subscriber
from services.chassis.messages.event import Event
from services.chassis.observability import metrics
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.delivery.hearing import GROUP, Heard, dead, parcel, put, put_bad, read_all, subscriber
from tests.chassis.running import running, until
from tests.chassis.shop import PARCELS, TOPIC, ParcelSent, Shop, count
from tests.support.fakes import FakeBroker, FakeConsumer
from tests.support.signing import VERIFIER


class Ticking:
    """A monotonic clock that advances by a fifth of a second at each call."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        self.time += 0.2
        return self.time


class Forgetful(FakeConsumer):
    """A consumer that loses a partition without an error: it has a lag, and no poll returns its records."""

    lost: frozenset[TopicPartition] = frozenset()

    def poll(self, timeout_s: float, max_records: int = 100) -> Mapping[TopicPartition, Sequence[Record]]:
        return {place: records for place, records in super().poll(0, max_records).items() if place not in self.lost}

    def lag(self) -> Mapping[TopicPartition, int]:
        return {place: 1 if place in self.lost else 0 for place in self.held}


class ForgetsOnce(FakeBroker):
    """A broker whose first consumer is a ``Forgetful`` one."""

    built = 0

    def consumer(self, group: str, topics: Sequence[str]) -> FakeConsumer:
        self.built += 1
        if self.built > 1:
            return FakeConsumer(self, group, topics)
        consumer = Forgetful(self, group, topics)
        consumer.lost = frozenset({self.place(TOPIC, b"a")})
        return consumer


def patient(broker: FakeBroker, uow: UnitOfWork[Shop], handler: Handler, now: Ticking) -> Subscriber:
    handlers: dict[type[Event], Handler] = {ParcelSent: handler}
    return Subscriber(broker, GROUP, handlers, uow, VERIFIER, patience=30.0, now=now, on_lag=lambda _: None)


def test_a_stalled_consumer_is_closed_and_replaced(uow: UnitOfWork[Shop]) -> None:
    broker, now = ForgetsOnce(), Ticking()
    handler, before = Heard(uow), metrics.CONSUMER_REBUILT._value.get()
    put(broker, parcel("a"))
    with running(patient(broker, uow, handler, now).run):
        until(lambda: handler.seen)
    assert (broker.built, handler.seen) == (2, [("a", 0)])
    assert metrics.CONSUMER_REBUILT._value.get() == before + 1
    assert now.time > 30.0


def turns(reader: Subscriber, consumer: FakeConsumer, now: Ticking, seconds: float) -> None:
    end = now.time + seconds
    while now.time < end:
        reader.turn(consumer, threading.Event())


def test_a_stalled_partition_is_noticed_while_another_progresses(uow: UnitOfWork[Shop]) -> None:
    broker, now = ForgetsOnce(), Ticking()
    other = next(key for key in "bcdefgh" if broker.place(TOPIC, key.encode()) != broker.place(TOPIC, b"a"))
    reader, consumer = patient(broker, uow, Heard(uow), now), broker.consumer(GROUP, [TOPIC])

    def go_on() -> None:
        for number in range(1000):
            put(broker, parcel(other, number))
            reader.turn(consumer, threading.Event())

    with pytest.raises(ConsumerStalled):
        go_on()
    assert 30.0 < now.time < 60.0


def test_a_paused_partition_is_not_stalled(uow: UnitOfWork[Shop]) -> None:
    def trouble(event: ParcelSent) -> None:
        raise Contention("busy")

    broker, now = FakeBroker(), Ticking()
    handlers: dict[type[Event], Handler] = {ParcelSent: Heard(uow, trouble)}
    reader = Subscriber(broker, GROUP, handlers, uow, VERIFIER, now=now, first_wait=50.0, longest_wait=50.0)
    put(broker, parcel("a"))
    turns(reader, broker.consumer(GROUP, [TOPIC]), now, 200.0)


def test_a_partition_in_alarm_is_not_stalled(uow: UnitOfWork[Shop]) -> None:
    broker, now = FakeBroker(), Ticking()
    handlers: dict[type[Event], Handler] = {ParcelSent: Heard(uow)}
    reader = Subscriber(broker, GROUP, handlers, uow, VERIFIER, now=now, most_dead=1)
    put_bad(broker, times=5)
    turns(reader, broker.consumer(GROUP, [TOPIC]), now, 200.0)


def test_an_unknown_lag_does_not_replace_the_consumer(uow: UnitOfWork[Shop]) -> None:
    broker, now = FakeBroker(), Ticking()
    reader, consumer = patient(broker, uow, Heard(uow), now), broker.consumer(GROUP, [TOPIC])
    broker.away = True
    put(broker, parcel("a"))
    turns(reader, consumer, now, 100.0)


def test_a_long_handler_is_no_stall(uow: UnitOfWork[Shop]) -> None:
    broker, now = FakeBroker(), Ticking()

    def slow(event: ParcelSent) -> None:
        now.time += 40.0

    reader, consumer = patient(broker, uow, Heard(uow, slow), now), broker.consumer(GROUP, [TOPIC])
    for number in range(5):
        put(broker, parcel("a", number), parcel("b", number))
        reader.turn(consumer, threading.Event())


def test_batches_grow_while_they_are_full_and_shrink_after_errors() -> None:
    size = BatchSize(20, 100, longest=0.5)
    sizes = []
    for count_, seconds in [(20, 0.1), (40, 0.1), (30, 0.1), (80, 0.1), (100, 0.3), (100, 0.6)]:
        size.after_success(count_, seconds)
        sizes.append(size.now)
    assert sizes == [40, 80, 80, 100, 100, 50]
    for _ in range(9):
        size.after_failure()
    assert size.now == 1


def test_a_consumer_that_is_behind_handles_hundreds_at_once(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    commits: list[int] = []
    sa.event.listen(engine, "commit", lambda _: commits.append(1))
    broker.partitions = 1
    put(broker, *(parcel("a", number) for number in range(620)))
    reader = subscriber(broker, uow, Heard(uow), together=20, most_together=400)
    reader._now = lambda: 0.0  # however slow this machine is
    consumer = broker.consumer(GROUP, [TOPIC])
    for _ in range(2):
        reader.turn(consumer, threading.Event())
    assert count(engine, PARCELS) == 620
    assert len(commits) <= 7  # 20, 40, 80, 160, then the remainder of the poll, then the remaining records


def test_one_bad_record_among_many_costs_few_transactions(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    rollbacks: list[int] = []
    sa.event.listen(engine, "rollback", lambda _: rollbacks.append(1))
    broker.partitions = 1
    put(broker, *(parcel("a", number) for number in range(100)))
    put_bad(broker)
    put(broker, *(parcel("a", number) for number in range(100, 200)))
    reader = subscriber(broker, uow, Heard(uow), together=256, most_together=256)
    reader._now = lambda: 0.0
    reader.turn(broker.consumer(GROUP, [TOPIC]), threading.Event())
    assert (count(engine, PARCELS), len(dead(engine))) == (200, 1)
    assert len(rollbacks) < 20


def test_a_transient_fault_of_a_batch_waits_and_does_not_retry_single_records(
    uow: UnitOfWork[Shop], broker: FakeBroker
) -> None:
    def away(event: ParcelSent) -> None:
        raise Unavailable("away")

    handler = Heard(uow, away)
    put(broker, *(parcel(key, number) for number in range(20) for key in "abcdefgh"))
    reader = subscriber(broker, uow, handler, together=20, most_together=20)
    reader.turn(broker.consumer(GROUP, [TOPIC]), threading.Event())
    assert len(handler.seen) == 1  # the other partition does not try either, while the database does not answer


def test_transient_faults_do_not_use_up_the_attempts(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    faults: list[Exception] = [KeyError("once"), *[Unavailable("away")] * 6]

    def trouble(event: ParcelSent) -> None:
        if faults:
            raise faults.pop()

    put(broker, parcel("a"))
    with running(subscriber(broker, uow, Heard(uow, trouble)).run):
        until(lambda: read_all(broker))
    assert (dead(engine), count(engine, PARCELS)) == ([], 1)


def test_when_the_database_answers_again_all_waits_end(uow: UnitOfWork[Shop], broker: FakeBroker) -> None:
    away = [True]

    def trouble(event: ParcelSent) -> None:
        if away[0]:
            raise Unavailable("away")

    now, handler = Ticking(), Heard(uow, trouble)
    handlers: dict[type[Event], Handler] = {ParcelSent: handler}
    reader = Subscriber(broker, GROUP, handlers, uow, VERIFIER, now=now, first_wait=1000.0, longest_wait=1000.0)
    consumer, stop = broker.consumer(GROUP, [TOPIC]), threading.Event()
    other = next(key for key in "bcdefgh" if broker.place(TOPIC, key.encode()) != broker.place(TOPIC, b"a"))
    put(broker, parcel("a"))
    reader.turn(consumer, stop)
    away[0] = False
    put(broker, parcel(other))
    for _ in range(2):
        reader.turn(consumer, stop)
    assert handler.seen == [("a", 0), (other, 0), ("a", 0)]
    assert now.time < 100.0


PLACES = [TopicPartition(TOPIC, number) for number in range(2)]
RECORD = Record(TOPIC, 1, 0, b"", b"", (), 0)


def test_a_full_poll_proves_nothing_about_the_partitions_it_left_out() -> None:
    time = [0.0]
    watch = ProgressWatch(patience=30.0, now=lambda: time[0])
    for second in range(120):
        time[0] = float(second)
        watch.note_poll({PLACES[1]: [RECORD]}, full=second % 20 == 0)
        watch.note_lag({PLACES[0]: 5, PLACES[1]: 5}, [])


def test_only_time_spent_polling_counts() -> None:
    time = [0.0]
    watch = ProgressWatch(patience=30.0, now=lambda: time[0])
    for hour in range(20):
        time[0] = hour * 3600.0
        watch.note_poll({}, full=False)
        watch.note_lag({PLACES[0]: 5}, [])
