"""Each event takes effect once, in order; transient faults are retried, permanent faults become dead letters."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

import pytest
import sqlalchemy as sa

from services.chassis.broker.protocol import TopicPartition
from services.chassis.core.errors import Conflict, Contention
from services.chassis.delivery.record_handler import Handler
from services.chassis.delivery.subscriber import Subscriber
from services.chassis.messages.event import Event
from services.chassis.storage.outbox import outgoing
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.delivery.hearing import GROUP, Heard, dead, parcel, put, put_raw, read_all, subscriber
from tests.chassis.running import running, until
from tests.chassis.shop import CHASSIS, PARCELS, TOPIC, ParcelId, ParcelLost, ParcelSent, Shop, count
from tests.support.fakes import FakeBroker, FakeConsumer, FixedClock
from tests.support.signing import VERIFIER, signed


def test_an_event_its_effect_and_its_published_events_are_one_transaction(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    handler = Heard(uow)
    put(broker, *(parcel(key, number) for number in range(5) for key in ("a", "b", "c")))
    with running(subscriber(broker, uow, handler).run):
        until(lambda: read_all(broker))
    for key in ("a", "b", "c"):
        assert [number for name, number in handler.seen if name == key] == list(range(5))
    assert [count(engine, table) for table in (PARCELS, CHASSIS.inbox, CHASSIS.outbox)] == [15, 15, 15]


def test_an_event_that_is_delivered_again_changes_nothing(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    handler, event = Heard(uow), parcel("a")
    put(broker, event, event)
    with running(subscriber(broker, uow, handler).run):
        until(lambda: read_all(broker))
    broker.committed.clear()
    with running(subscriber(broker, uow, handler).run):
        until(lambda: read_all(broker))
    assert handler.seen == [("a", 0)]
    assert count(engine, PARCELS) == 1


def test_offsets_are_committed_only_after_the_database_has_committed(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    seen: list[tuple[int, int]] = []

    class RecordingConsumer(FakeConsumer):
        def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
            seen.extend((offset, count(engine, PARCELS)) for offset in offsets.values())
            return super().commit(offsets)

    broker.partitions = 1
    put(broker, parcel("a", 0), parcel("a", 1))
    reader = subscriber(broker, uow, Heard(uow))
    reader.turn(RecordingConsumer(broker, GROUP, [TOPIC]), threading.Event())
    assert seen == [(2, 2)]


def test_transient_faults_are_retried_for_ever_and_in_order(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    faults = [Contention("busy")] * 7

    def trouble(event: ParcelSent) -> None:
        if event.sequence == 1 and faults:
            raise faults.pop()

    handler = Heard(uow, trouble)
    broker.partitions = 1
    put(broker, *(parcel("a", number) for number in range(3)))
    with running(subscriber(broker, uow, handler).run):
        until(lambda: read_all(broker))
    assert handler.seen == [("a", 0), *[("a", 1)] * 8, ("a", 2)]
    assert count(engine, PARCELS) == count(engine, CHASSIS.outbox) == 3
    assert dead(engine) == []


@pytest.mark.parametrize("trouble", [Contention("busy"), KeyError("x"), None], ids=["passing", "mistake", "unreadable"])
def test_records_in_a_shared_transaction_have_the_same_result_as_single_records(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker, trouble: Exception | None
) -> None:
    faults = [trouble] * (4 if isinstance(trouble, Contention) else 100)

    def stumble(event: ParcelSent) -> None:
        if event.sequence == 7 and faults and (fault := faults.pop()):
            raise fault

    broker.partitions = 1
    put(broker, *(parcel("a", number) for number in range(12)))
    if trouble is None:
        broker.put(TOPIC, b"a", b"bad", parcel("a").headers)
    put(broker, *(parcel("a", number) for number in range(12, 20)))
    with running(subscriber(broker, uow, Heard(uow, stumble), together=5).run):
        until(lambda: read_all(broker))

    lost = {7} if isinstance(trouble, KeyError) else set()
    with engine.connect() as connection:
        parcels = connection.scalars(sa.select(PARCELS.c.id).order_by(sa.literal_column("rowid"))).all()
    assert parcels == [f"a-{number}" for number in range(20) if number not in lost]
    assert count(engine, CHASSIS.outbox) == len(parcels)
    assert len(dead(engine)) == (0 if isinstance(trouble, Contention) else 1)


def test_records_share_a_transaction(uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker) -> None:
    commits: list[int] = []
    sa.event.listen(engine, "commit", lambda _: commits.append(1))
    broker.partitions = 1
    put(broker, *(parcel("a", number) for number in range(10)))
    reader = subscriber(broker, uow, Heard(uow), together=5)
    reader.turn(broker.consumer(GROUP, [TOPIC]), threading.Event())
    assert len(commits) == 2
    assert count(engine, PARCELS) == 10


def test_a_waiting_partition_does_not_delay_the_others(uow: UnitOfWork[Shop], broker: FakeBroker) -> None:
    def trouble(event: ParcelSent) -> None:
        if event.parcel_id == "a":
            raise Contention("busy")

    handler = Heard(uow, trouble)
    keys = ["a", next(key for key in "bcdefgh" if broker.place(TOPIC, key.encode()) != broker.place(TOPIC, b"a"))]
    put(broker, *(parcel(key) for key in keys))
    with running(subscriber(broker, uow, handler).run):
        until(lambda: (keys[1], 0) in handler.seen)
        put(broker, parcel(keys[1], 1))
        until(lambda: (keys[1], 1) in handler.seen)
    assert broker.committed.get((GROUP, broker.place(TOPIC, b"a")), 0) == 0


def refused(event: ParcelSent) -> None:
    raise Conflict("closed", "The shop is closed.")


def broken(event: ParcelSent) -> None:
    raise KeyError(event.parcel_id)


@pytest.mark.parametrize(
    ("trouble", "error", "tries"), [(refused, "Conflict", 1), (broken, "KeyError", 3)], ids=["refusal", "mistake"]
)
def test_a_permanent_fault_becomes_a_dead_letter_and_the_next_record_is_handled(
    uow: UnitOfWork[Shop],
    engine: sa.Engine,
    broker: FakeBroker,
    trouble: Callable[[ParcelSent], None],
    error: str,
    tries: int,
) -> None:
    handler = Heard(uow, lambda event: trouble(event) if event.sequence == 0 else None)
    put(broker, parcel("a", 0), parcel("a", 1))
    with running(subscriber(broker, uow, handler).run):
        until(lambda: read_all(broker))
    broker.committed.clear()  # the record is delivered again, and stays a dead letter
    with running(subscriber(broker, uow, handler).run):
        until(lambda: read_all(broker))
    assert handler.seen == [("a", 0)] * tries + [("a", 1)]
    assert dead(engine) == [(error, None)]
    assert count(engine, PARCELS) == count(engine, CHASSIS.outbox) == 1


def test_the_dead_letter_of_an_unreadable_record_does_not_contain_its_content(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    handler, good = Heard(uow), parcel("a")
    put_raw(broker, "a", b'{"parcel_id": "a", "sequence": "SECRET"}', good.headers)
    put_raw(broker, "a", b"\xff\x00SECRET", parcel("a").headers)
    put_raw(broker, "a", good.value, [("ce_id", b"SECRET"), ("ce_source", b"/other")])
    put(broker, parcel("a", 1))
    with running(subscriber(broker, uow, handler).run):
        until(lambda: read_all(broker))
    assert handler.seen == [("a", 1)]
    assert dead(engine) == [("BadRecord", "sequence"), ("BadRecord", ""), ("BadRecord", "ce_specversion")]
    with engine.connect() as connection:
        rows = connection.execute(sa.select(CHASSIS.dead_letters)).all()
    assert "SECRET" not in str(rows)


def test_events_without_a_handler_are_skipped(uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker) -> None:
    handler = Heard(uow)
    lost = signed(outgoing(ParcelLost(parcel_id=ParcelId("a")), source="/other", now=FixedClock().now()))
    put(broker, lost, parcel("a"))
    with running(subscriber(broker, uow, handler).run):
        until(lambda: read_all(broker))
    assert handler.seen == [("a", 0)]
    assert dead(engine) == []
    assert count(engine, CHASSIS.inbox) == 1


def test_a_subscriber_waits_for_a_broker_that_is_away_at_the_start(uow: UnitOfWork[Shop], broker: FakeBroker) -> None:
    broker.away = True
    handler = Heard(uow)
    put(broker, parcel("a"))
    with running(subscriber(broker, uow, handler).run) as run:
        run.stop.wait(0.1)
        broker.away = False
        until(lambda: handler.seen)


def test_the_lag_is_reported(uow: UnitOfWork[Shop], broker: FakeBroker) -> None:
    lags: list[int] = []
    handlers: dict[type[Event], Handler] = {ParcelSent: Heard(uow)}
    reader = Subscriber(broker, GROUP, handlers, uow, VERIFIER, on_lag=lambda lag: lags.append(sum(lag.values())))
    put(broker, parcel("a"), parcel("b"))
    stopped = threading.Event()
    consumer = broker.consumer(GROUP, [TOPIC])
    consumer.pause(list(consumer.assignment()))
    reader.turn(consumer, stopped)
    assert lags == [2]
