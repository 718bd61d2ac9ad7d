"""Many bad records in a row stop their partition and nothing else, until an operator resumes it."""

from __future__ import annotations

import sqlalchemy as sa

from services.chassis.broker.protocol import TopicPartition
from services.chassis.core.errors import Alarm
from services.chassis.delivery.subscriber import Subscriber
from services.chassis.observability import metrics
from services.chassis.storage.partition_alarms import PartitionState, read_states, resume_partition
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.delivery.hearing import GROUP, Heard, dead, parcel, put, put_bad, put_raw, read_all, subscriber
from tests.chassis.running import running, until
from tests.chassis.shop import CHASSIS, PARCELS, TOPIC, Shop, count
from tests.support.fakes import FakeBroker


def states(engine: sa.Engine) -> list[PartitionState]:
    with engine.connect() as connection:
        return read_states(connection, GROUP)


def in_alarm(engine: sa.Engine) -> bool:
    return any(state.alarm_at is not None for state in states(engine))


def alarmed(reader: Subscriber) -> bool:
    try:
        reader.check()
    except Alarm:
        return True
    return False


def resume(uow: UnitOfWork[Shop], place: TopicPartition, allowed: int | None = None) -> bool:
    with uow.begin() as shop:
        return resume_partition(shop.connection, GROUP, place, allowed)


def key_of_another_partition(broker: FakeBroker, key: str = "a") -> str:
    """Return a key of another partition."""
    return next(
        other for other in "bcdefgh" if broker.place(TOPIC, other.encode()) != broker.place(TOPIC, key.encode())
    )


def test_a_flood_of_bad_records_stops_its_partition_and_no_other(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    handler, other, place = Heard(uow), key_of_another_partition(broker), broker.place(TOPIC, b"a")
    put_bad(broker, times=8)
    put(broker, parcel(other, 0))
    with running(subscriber(broker, uow, handler, most_dead=3).run):
        until(lambda: in_alarm(engine))
        put(broker, parcel(other, 1))
        until(lambda: (other, 1) in handler.seen)
        shown = metrics.CONSUMER_ALARM.labels(topic=TOPIC, partition=str(place.partition))._value.get()
    assert shown == 1
    assert len(dead(engine)) == 3
    assert broker.committed[GROUP, place] == 3
    [state] = states(engine)
    assert (state.place, state.dead_in_a_row, state.alarm_offset, state.alarm_error) == (place, 3, 3, "BadRecord")


def test_the_alarm_shows_in_the_health_of_the_process(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    put_bad(broker, times=2)
    reader = subscriber(broker, uow, Heard(uow), most_dead=1)
    assert not alarmed(reader)
    with running(reader.run):
        until(lambda: in_alarm(engine))
        until(lambda: alarmed(reader))
        resume(uow, broker.place(TOPIC, b"a"))
        until(lambda: read_all(broker))
    assert not alarmed(reader)


def test_a_restart_does_not_drain_the_topic_further(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    put_bad(broker, times=8)
    for _ in range(3):
        reader = subscriber(broker, uow, Heard(uow), most_dead=3)
        with running(reader.run):
            until(lambda seen=reader: alarmed(seen))  # type: ignore[misc]
        assert len(dead(engine)) == 3


def test_an_operator_resumes_a_partition_while_the_consumer_runs(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    place = broker.place(TOPIC, b"a")
    put_bad(broker, times=8)
    put(broker, parcel("a"))
    with running(subscriber(broker, uow, Heard(uow), most_dead=3).run):
        until(lambda: in_alarm(engine))
        assert resume(uow, place)
        until(
            lambda: len(dead(engine)) == 6 and in_alarm(engine)
        )  # three more dead letters, and the alarm is raised again
        assert resume(uow, place, allowed=50)
        until(lambda: read_all(broker))
    assert len(dead(engine)) == 8
    assert count(engine, PARCELS) == 1
    assert states(engine) == []  # the good event ends the count and the operator's limit
    assert not resume(uow, place)


def test_good_events_between_bad_records_prevent_an_alarm(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    broker.partitions = 1
    for number in range(6):
        put_bad(broker)
        put(broker, parcel("a", number))
    with running(subscriber(broker, uow, Heard(uow), most_dead=2).run):
        until(lambda: read_all(broker))
    assert len(dead(engine)) == 6


def test_good_events_of_another_partition_do_not_hide_a_flood(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    other = key_of_another_partition(broker)
    for number in range(6):
        put_bad(broker)
        put(broker, parcel(other, number))
    with running(subscriber(broker, uow, Heard(uow), most_dead=3).run):
        until(lambda: in_alarm(engine))
        until(lambda: count(engine, PARCELS) == 6)
    assert len(dead(engine)) == 3


def test_a_release_that_reads_the_record_ends_the_alarm_by_itself(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    def broken(_event: object) -> None:
        raise KeyError("a mistake of this release")

    broker.partitions = 1
    put(broker, *(parcel("a", number) for number in range(6)))
    with running(subscriber(broker, uow, Heard(uow, broken), most_dead=2).run):
        until(lambda: in_alarm(engine))
    with running(subscriber(broker, uow, Heard(uow), most_dead=2).run):
        until(lambda: read_all(broker))
    assert count(engine, PARCELS) == 4
    assert (len(dead(engine)), states(engine)) == (2, [])


def test_a_bad_record_that_is_delivered_again_is_not_counted_twice(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    broker.partitions = 1
    for _ in range(2):
        put_raw(broker, "a", b"bad", [("ce_source", b"/other"), ("ce_id", b"without the rest")])
    for _ in range(3):
        with running(subscriber(broker, uow, Heard(uow), most_dead=2).run):
            until(lambda: read_all(broker))
        broker.committed.clear()
    assert (len(dead(engine)), count(engine, CHASSIS.consumer_partitions)) == (2, 1)
    assert not in_alarm(engine)
