"""Each event takes effect once, in order; what passes is tried again, what never passes is put aside."""

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
from tests.chassis.delivery.hearing import GROUP, Heard, dead, parcel, put, read_all, subscriber
from tests.chassis.running import running, until
from tests.chassis.shop import CHASSIS, PARCELS, TOPIC, ParcelId, ParcelLost, ParcelSent, Shop, count
from tests.support.fakes import FakeBroker, FakeConsumer, FixedClock


def test_an_event_its_effect_and_its_echo_are_one(uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker) -> None:
    heard = Heard(uow)
    put(broker, *(parcel(key, number) for number in range(5) for key in ("a", "b", "c")))
    with running(subscriber(broker, uow, heard).run):
        until(lambda: read_all(broker))
    for key in ("a", "b", "c"):
        assert [number for name, number in heard.seen if name == key] == list(range(5))
    assert [count(engine, table) for table in (PARCELS, CHASSIS.inbox, CHASSIS.outbox)] == [15, 15, 15]


def test_an_event_that_comes_again_changes_nothing(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    heard, event = Heard(uow), parcel("a")
    put(broker, event, event)
    with running(subscriber(broker, uow, heard).run):
        until(lambda: read_all(broker))
    broker.committed.clear()
    with running(subscriber(broker, uow, heard).run):
        until(lambda: read_all(broker))
    assert heard.seen == [("a", 0)]
    assert count(engine, PARCELS) == 1


def test_offsets_are_kept_only_after_the_database_has_committed(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    seen: list[tuple[int, int]] = []

    class Looking(FakeConsumer):
        def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
            seen.extend((offset, count(engine, PARCELS)) for offset in offsets.values())
            return super().commit(offsets)

    broker.partitions = 1
    put(broker, parcel("a", 0), parcel("a", 1))
    reader = subscriber(broker, uow, Heard(uow))
    reader.turn(Looking(broker, GROUP, [TOPIC]), threading.Event())
    assert seen == [(2, 2)]


def test_what_passes_is_tried_again_for_ever_and_in_order(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    faults = [Contention("busy")] * 7

    def trouble(event: ParcelSent) -> None:
        if event.sequence == 1 and faults:
            raise faults.pop()

    heard = Heard(uow, trouble)
    broker.partitions = 1
    put(broker, *(parcel("a", number) for number in range(3)))
    with running(subscriber(broker, uow, heard).run):
        until(lambda: read_all(broker))
    assert heard.seen == [("a", 0), *[("a", 1)] * 8, ("a", 2)]
    assert count(engine, PARCELS) == count(engine, CHASSIS.outbox) == 3
    assert dead(engine) == []


@pytest.mark.parametrize("trouble", [Contention("busy"), KeyError("x"), None], ids=["passing", "mistake", "unreadable"])
def test_records_that_share_a_transaction_end_as_if_they_had_not(
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
        found = connection.scalars(sa.select(PARCELS.c.id).order_by(sa.literal_column("rowid"))).all()
    assert found == [f"a-{number}" for number in range(20) if number not in lost]
    assert count(engine, CHASSIS.outbox) == len(found)
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


def test_a_partition_that_waits_does_not_hold_up_the_others(uow: UnitOfWork[Shop], broker: FakeBroker) -> None:
    def trouble(event: ParcelSent) -> None:
        if event.parcel_id == "a":
            raise Contention("busy")

    heard = Heard(uow, trouble)
    keys = ["a", next(key for key in "bcdefgh" if broker.place(TOPIC, key.encode()) != broker.place(TOPIC, b"a"))]
    put(broker, *(parcel(key) for key in keys))
    with running(subscriber(broker, uow, heard).run):
        until(lambda: (keys[1], 0) in heard.seen)
        put(broker, parcel(keys[1], 1))
        until(lambda: (keys[1], 1) in heard.seen)
    assert broker.committed.get((GROUP, broker.place(TOPIC, b"a")), 0) == 0


def refused(event: ParcelSent) -> None:
    raise Conflict("closed", "The shop is closed.")


def broken(event: ParcelSent) -> None:
    raise KeyError(event.parcel_id)


@pytest.mark.parametrize(
    ("trouble", "error", "tries"), [(refused, "Conflict", 1), (broken, "KeyError", 3)], ids=["refusal", "mistake"]
)
def test_what_never_passes_is_put_aside_and_the_next_goes_on(
    uow: UnitOfWork[Shop],
    engine: sa.Engine,
    broker: FakeBroker,
    trouble: Callable[[ParcelSent], None],
    error: str,
    tries: int,
) -> None:
    heard = Heard(uow, lambda event: trouble(event) if event.sequence == 0 else None)
    put(broker, parcel("a", 0), parcel("a", 1))
    with running(subscriber(broker, uow, heard).run):
        until(lambda: read_all(broker))
    broker.committed.clear()  # it comes again, and stays put aside
    with running(subscriber(broker, uow, heard).run):
        until(lambda: read_all(broker))
    assert heard.seen == [("a", 0)] * tries + [("a", 1)]
    assert dead(engine) == [(error, None)]
    assert count(engine, PARCELS) == count(engine, CHASSIS.outbox) == 1


def test_a_record_that_cannot_be_read_is_put_aside_without_what_it_said(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    heard, good = Heard(uow), parcel("a")
    broker.put(TOPIC, b"a", b'{"parcel_id": "a", "sequence": "SECRET"}', good.headers)
    broker.put(TOPIC, b"a", b"\xff\x00SECRET", parcel("a").headers)
    broker.put(TOPIC, b"a", good.value, [("ce_id", b"SECRET")])
    put(broker, parcel("a", 1))
    with running(subscriber(broker, uow, heard).run):
        until(lambda: read_all(broker))
    assert heard.seen == [("a", 1)]
    assert dead(engine) == [("BadRecord", "sequence"), ("BadRecord", ""), ("BadRecord", "ce_specversion")]
    with engine.connect() as connection:
        rows = connection.execute(sa.select(CHASSIS.dead_letters)).all()
    assert "SECRET" not in str(rows)


def test_types_that_nobody_here_listens_to_are_passed_over(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    heard = Heard(uow)
    lost = outgoing(ParcelLost(parcel_id=ParcelId("a")), source="/other", now=FixedClock().now())
    put(broker, lost, parcel("a"))
    with running(subscriber(broker, uow, heard).run):
        until(lambda: read_all(broker))
    assert heard.seen == [("a", 0)]
    assert dead(engine) == []
    assert count(engine, CHASSIS.inbox) == 1


def test_a_broker_away_at_the_start_is_waited_for(uow: UnitOfWork[Shop], broker: FakeBroker) -> None:
    broker.away = True
    heard = Heard(uow)
    put(broker, parcel("a"))
    with running(subscriber(broker, uow, heard).run) as run:
        run.stop.wait(0.1)
        broker.away = False
        until(lambda: heard.seen)


def test_the_lag_is_told(uow: UnitOfWork[Shop], broker: FakeBroker) -> None:
    told: list[int] = []
    handlers: dict[type[Event], Handler] = {ParcelSent: Heard(uow)}
    reader = Subscriber(broker, GROUP, handlers, uow, on_lag=lambda lag: told.append(sum(lag.values())))
    put(broker, parcel("a"), parcel("b"))
    stopped = threading.Event()
    consumer = broker.consumer(GROUP, [TOPIC])
    consumer.pause(list(consumer.assignment()))
    reader.turn(consumer, stopped)
    assert told == [2]
