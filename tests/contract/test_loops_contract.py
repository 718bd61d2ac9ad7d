"""The loops of the chassis on both databases, also when the database ends their connections."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.background.scheduler import Scheduler, Tick
from services.chassis.background.worker import Job, Worker
from services.chassis.core.errors import Contention
from services.chassis.delivery.record_handler import Handler
from services.chassis.delivery.relay import Relay
from services.chassis.delivery.subscriber import Subscriber
from services.chassis.leadership.advisory_lock import AdvisoryLock
from services.chassis.messages.codec import decode
from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.chassis.storage.database import database_now, is_sqlite
from services.chassis.storage.outbox import outgoing, store_outgoing
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.running import running, until
from tests.chassis.shop import CHASSIS, PARCELS, TOPIC, ParcelId, ParcelSent, Shop, count
from tests.support.fakes import FakeBroker
from tests.support.patience import PATIENCE
from tests.support.signing import SIGNER, VERIFIER

WAITING = CHASSIS.outbox.c.published_at.is_(None)


def end_other_connections(engine: sa.Engine) -> None:
    """End every other connection to this PostgreSQL database, as a restart of the server does."""
    with engine.connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def test_a_change_passes_through_relay_subscriber_and_worker(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    broker = FakeBroker()
    packed: list[str] = []

    def handle(event: ParcelSent, envelope: Envelope) -> None:
        with uow.begin() as shop:
            shop.add(f"received {event.parcel_id}")
            shop.enqueue("pack", event.parcel_id, payload={"from": envelope.source})

    def pack(job: Job) -> None:
        packed.append(f"{job.key} from {job.payload['from']}")

    handlers: dict[type[Event], Handler] = {ParcelSent: handle}
    loops = [
        Relay(engine, broker, SIGNER).run,
        Subscriber(broker, "shop", handlers, uow, VERIFIER).run,
        Worker(engine, {"pack": pack}).run,
        Worker(engine, {"pack": pack}).run,
    ]
    with running(loops[0]), running(loops[1]), running(loops[2]), running(loops[3]):
        for number in range(5):
            with uow.begin() as shop:
                shop.publish(ParcelSent(parcel_id=ParcelId(f"p{number}")))
        until(lambda: len(packed) == 5 and count(engine, CHASSIS.jobs) == 0)
    assert sorted(packed) == [f"p{number} from /shop" for number in range(5)]
    assert count(engine, PARCELS) == 5
    assert count(engine, CHASSIS.outbox, WAITING) == 0


def test_events_committed_late_and_in_bulk_all_reach_the_broker(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    broker = FakeBroker()
    writers, each = 6, 25
    begun = threading.Barrier(writers) if not is_sqlite(engine) else None

    def write(writer: int) -> None:
        for number in range(each):
            with engine.begin() as connection:
                now = database_now(connection)
                event = ParcelSent(parcel_id=ParcelId(f"w{writer}"), sequence=number)
                store_outgoing(connection, [outgoing(event, source="/shop", now=now)], now)
                if begun is not None and number % 5 == 0:
                    begun.wait(PATIENCE)  # sequence numbers are assigned now and committed in another order

    with running(Relay(engine, broker, SIGNER, batch=10).run):
        threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until(lambda: count(engine, CHASSIS.outbox, WAITING) == 0)
    for writer in range(writers):
        key = f"w{writer}".encode()
        events = [decode(ParcelSent, record.value) for record in broker.records(TOPIC) if record.key == key]
        assert [event.sequence for event in events] == list(range(each))


def test_a_leader_without_its_connection_loses_the_lead(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    if is_sqlite(engine):
        pytest.skip("SQLite has no connection to lose; tests/chassis/leadership/test_leadership.py tests its leases")
    first, second = AdvisoryLock(engine, "relay"), AdvisoryLock(engine, "relay")
    assert first.hold()
    end_other_connections(engine)
    until(second.hold)
    with pytest.raises((sa.exc.DBAPIError, Contention)), first.fenced() as connection:
        connection.execute(PARCELS.insert().values(id="p1", taken=0, room=0))
    assert not first.hold()
    assert count(engine, PARCELS) == 0
    second.release()
    assert first.hold()
    first.release()


def test_loops_continue_after_the_database_ended_their_connections(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    if is_sqlite(engine):
        pytest.skip("a file has no connections to end")
    broker = FakeBroker()
    packed: list[str] = []
    ticked: list[str] = []

    def pack(job: Job) -> None:
        packed.append(job.key)

    tick = Tick("look", timedelta(milliseconds=10), lambda: ticked.append("x"))
    loops = [Relay(engine, broker, SIGNER).run, Worker(engine, {"pack": pack}).run, Scheduler(engine, [tick]).run]
    with running(loops[0]), running(loops[1]), running(loops[2]):
        for number in range(3):
            until(lambda: ticked)
            end_other_connections(engine)
            ticked.clear()
            _send_and_enqueue(uow, f"p{number}")
            until(lambda name=f"p{number}": name in packed)  # type: ignore[misc]
        until(lambda: count(engine, CHASSIS.outbox, WAITING) == 0)
        until(lambda: ticked)
    assert {record.key for record in broker.records(TOPIC)} == {b"p0", b"p1", b"p2"}


def _send_and_enqueue(uow: UnitOfWork[Shop], parcel: str) -> None:
    def change(shop: Shop) -> None:
        shop.publish(ParcelSent(parcel_id=ParcelId(parcel)))
        shop.enqueue("pack", parcel)

    uow.run(change)
