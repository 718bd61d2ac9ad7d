"""The relay sends every committed event, in the order of its key, and marks only events that the broker stored."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.broker.protocol import BrokerError, BrokerUnavailable, Record, RecordRefused
from services.chassis.delivery.relay import Relay
from services.chassis.messages.codec import decode
from services.chassis.messages.envelope import read_envelope
from services.chassis.storage.retention import ANSWERS, INBOX, forget_old
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.running import running, until
from tests.chassis.shop import CHASSIS, TOPIC, ParcelId, ParcelSent, Shop, count
from tests.support.fakes import FakeBroker, FixedClock
from tests.support.patience import PATIENCE
from tests.support.signing import SIGNER

WAITING = CHASSIS.outbox.c.published_at.is_(None)


@pytest.fixture
def relay(uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker) -> Iterator[Relay]:
    relay = Relay(engine, broker, SIGNER)
    yield relay
    relay.close()


def publish(uow: UnitOfWork[Shop], *events: tuple[str, int]) -> None:
    with uow.begin() as shop:
        shop.publish(*(ParcelSent(parcel_id=ParcelId(key), sequence=number) for key, number in events))


def sent(broker: FakeBroker, key: str) -> list[int]:
    events = [decode(ParcelSent, record.value) for record in broker.records(TOPIC) if record.key == key.encode()]
    return [event.sequence for event in events]


def refuse_once(key: str, number: int, error: BrokerError) -> Callable[[Record], BrokerError | None]:
    """Return a fate that refuses an event the first time it is sent."""
    errors = [error]

    def fate(record: Record) -> BrokerError | None:
        event = decode(ParcelSent, record.value)
        return errors.pop() if errors and (event.parcel_id, event.sequence) == (key, number) else None

    return fate


def test_a_committed_event_reaches_the_broker_with_its_envelope(
    relay: Relay, uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    with uow.begin() as shop:
        shop.publish(ParcelSent(parcel_id=ParcelId("p1"), programme_id="north"))
        published_at = shop.now
    with running(relay.run):
        until(lambda: count(engine, CHASSIS.outbox, WAITING) == 0)

    (record,) = broker.records(TOPIC)
    envelope = read_envelope(record.headers)
    assert (record.key, envelope.subject, envelope.source, envelope.type) == (b"p1", "p1", "/shop", ParcelSent.type)
    assert (envelope.time, envelope.programme) == (published_at, "north")


def test_the_order_of_a_key_holds_when_a_send_fails_in_the_middle(
    relay: Relay, uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    publish(uow, *((key, number) for number in range(6) for key in ("a", "b", "c")))
    broker.fate = refuse_once("b", 2, BrokerUnavailable("lost"))
    with running(relay.run):
        until(lambda: count(engine, CHASSIS.outbox, WAITING) == 0)

    assert [sent(broker, key) for key in ("a", "b", "c")] == [list(range(6))] * 3


def test_a_refused_event_stops_only_its_own_key(
    relay: Relay, uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    publish(uow, ("a", 0), ("b", 0), ("a", 1), ("b", 1))
    broker.fate = refuse_once("a", 0, RecordRefused("too large"))
    with running(relay.run):
        until(lambda: sent(broker, "b") == [0, 1])
        assert sent(broker, "a") == []
        publish(uow, ("b", 2))
        until(lambda: sent(broker, "b") == [0, 1, 2])
        until(lambda: count(engine, CHASSIS.outbox, WAITING) == 0)
    assert sent(broker, "a") == [0, 1]


def test_a_refused_key_with_many_events_does_not_block_others(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    publish(uow, *(("a", number) for number in range(20)), ("b", 0))
    broker.fate = lambda record: RecordRefused("never") if record.key == b"a" else None
    with running(Relay(engine, broker, SIGNER, batch=5).run):
        until(lambda: sent(broker, "b") == [0])
    assert count(engine, CHASSIS.outbox, WAITING) == 20


def test_only_events_that_the_broker_confirmed_are_marked(
    relay: Relay, uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    publish(uow, ("a", 0), ("b", 0))
    broker.fate = lambda record: BrokerUnavailable("no answer") if record.key == b"a" else None
    with running(relay.run):
        until(lambda: count(engine, CHASSIS.outbox, WAITING) == 1)
    with engine.connect() as connection:
        assert connection.execute(sa.select(CHASSIS.outbox.c.key).where(WAITING)).scalars().all() == ["a"]


def test_after_a_lost_answer_the_event_is_sent_again_with_the_same_id(
    relay: Relay, uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    publish(uow, ("a", 0), ("a", 1))
    broker.stored_anyway = True
    broker.fate = refuse_once("a", 0, BrokerUnavailable("the answer was lost"))
    with running(relay.run):
        until(lambda: count(engine, CHASSIS.outbox, WAITING) == 0)

    assert sent(broker, "a") == [0, 0, 1]
    first, second, _ = (read_envelope(record.headers).id for record in broker.records(TOPIC))
    assert first == second


def test_the_relay_waits_for_a_broker_that_is_away(
    relay: Relay, uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    broker.away = True
    publish(uow, ("a", 0))
    with running(relay.run) as run:
        publish(uow, ("a", 1))
        run.stop.wait(0.3)
        broker.away = False
        until(lambda: count(engine, CHASSIS.outbox, WAITING) == 0)
    assert sent(broker, "a") == [0, 1]


def test_after_a_fault_the_relay_retries_without_a_new_commit(
    relay: Relay, uow: UnitOfWork[Shop], broker: FakeBroker
) -> None:
    publish(uow, ("a", 0))
    broker.fate = refuse_once("a", 0, BrokerUnavailable("lost"))
    relay.turn()
    assert sent(broker, "a") == []
    relay.turn()
    assert sent(broker, "a") == [0]


def test_two_relays_send_no_event_twice(uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker) -> None:
    with running(Relay(engine, broker, SIGNER).run), running(Relay(engine, broker, SIGNER).run):
        for number in range(10):
            publish(uow, ("a", number), ("b", number))
        until(lambda: count(engine, CHASSIS.outbox, WAITING) == 0)
    assert sent(broker, "a") == sent(broker, "b") == list(range(10))


def test_a_follower_sends_nothing(relay: Relay, uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker) -> None:
    leader, follower = relay, Relay(engine, broker, SIGNER)
    leader.turn()
    publish(uow, ("a", 0))
    for _ in range(3):
        follower.turn()
    assert sent(broker, "a") == []
    leader.turn()
    assert sent(broker, "a") == [0]


def test_a_relay_that_lost_its_lead_marks_nothing(
    relay: Relay, uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker
) -> None:
    publish(uow, ("a", 0))

    def lose_the_lead(record: Record) -> None:
        with engine.begin() as connection:
            connection.execute(CHASSIS.leases.update().values(epoch=CHASSIS.leases.c.epoch + 1, holder="x:1:y"))

    broker.fate = lose_the_lead
    with running(relay.run):
        until(lambda: sent(broker, "a") == [0])
    assert count(engine, CHASSIS.outbox, WAITING) == 1


KILLED_BETWEEN_SEND_AND_MARK = """
import os, signal, sys, threading
from services.chassis.storage.database import open_engine
from services.chassis.delivery.relay import Relay
from tests.support.fakes import FakeBroker
from tests.support.signing import SIGNER

broker = FakeBroker()
def fate(record):
    print(record.key.decode(), dict(record.headers)["ce_id"].decode(), flush=True)
    if record.key == b"b":
        os.kill(os.getpid(), signal.SIGKILL)
broker.fate = fate
Relay(open_engine(sys.argv[1]), broker, SIGNER).run(threading.Event())
"""


@pytest.mark.slow
def test_after_a_kill_between_send_and_mark_the_event_is_sent_again(
    uow: UnitOfWork[Shop], engine: sa.Engine, broker: FakeBroker, tmp_path: Path
) -> None:
    publish(uow, ("a", 0), ("b", 0))
    command = [sys.executable, "-c", KILLED_BETWEEN_SEND_AND_MARK, f"sqlite:///{tmp_path}/shop.db"]
    killed = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert killed.returncode == -signal.SIGKILL
    first = dict(line.split() for line in killed.stdout.splitlines())
    assert set(first) == {"a", "b"}
    assert count(engine, CHASSIS.outbox, WAITING) == 2

    with running(Relay(engine, broker, SIGNER).run):
        until(lambda: count(engine, CHASSIS.outbox, WAITING) == 0)
    assert {record.key.decode(): read_envelope(record.headers).id for record in broker.records(TOPIC)} == first


def test_published_events_are_deleted_after_a_while_and_waiting_events_never(
    engine: sa.Engine, broker: FakeBroker
) -> None:
    clock = FixedClock()
    CHASSIS.outbox.metadata.create_all(engine)
    uow = UnitOfWork(engine, Shop, source="/shop", read_now=clock.read)
    publish(uow, ("a", 0), ("b", 0))
    with uow.begin() as shop:
        outbox = CHASSIS.outbox
        shop.connection.execute(outbox.update().where(outbox.c.key == "a").values(published_at=clock.now()))
        for number, age in enumerate((INBOX, INBOX / 2)):
            row = {"consumer": "g", "source": "/x", "event_id": str(number), "dead": False}
            shop.connection.execute(CHASSIS.inbox.insert().values(**row, handled_at=clock.now() - age))
        for number, age in enumerate((ANSWERS, ANSWERS / 4)):
            row = {"scope": "s", "key": str(number), "request_hash": "", "status": 201, "headers": {}, "body": b""}
            shop.connection.execute(CHASSIS.idempotency.insert().values(**row, created_at=clock.now() - age))
    clock.forward(timedelta(hours=25))
    with uow.begin() as shop:
        forget_old(shop.connection, shop.now, published=timedelta(days=1))
    assert count(engine, CHASSIS.outbox) == count(engine, CHASSIS.outbox, WAITING) == 1
    assert count(engine, CHASSIS.inbox) == count(engine, CHASSIS.idempotency, CHASSIS.idempotency.c.key == "1") == 1
