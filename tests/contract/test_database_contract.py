"""What the chassis requires of a database, tested on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.chassis.storage.database import database_now
from services.chassis.storage.inbox import note_events
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.shop import CHASSIS, PARCELS, ParcelId, ParcelSent, Shop, count


class Interrupted(Exception):
    pass


def write_everywhere(shop: Shop, parcel: str) -> None:
    shop.add(parcel)
    shop.publish(ParcelSent(parcel_id=ParcelId(parcel)))
    shop.enqueue("deliver", parcel)
    shop.audit("sent", parcel, by="clerk-1")


def test_a_change_its_events_jobs_and_audit_are_committed_together(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    with uow.begin() as shop:
        write_everywhere(shop, "p1")

    tables = (PARCELS, CHASSIS.outbox, CHASSIS.jobs, CHASSIS.audit)
    assert [count(engine, table) for table in tables] == [1, 1, 1, 1]


def test_an_exception_rolls_back_every_write(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    with uow.begin() as shop:
        shop.add("there before")

    def half_done(shop: Shop) -> None:
        note_events(shop.connection, "group", [("/other", "e1")], shop.now)
        write_everywhere(shop, "p1")
        raise Interrupted

    with pytest.raises(Interrupted), uow.begin() as shop:
        half_done(shop)

    tables = (PARCELS, CHASSIS.outbox, CHASSIS.jobs, CHASSIS.audit, CHASSIS.audit_head, CHASSIS.inbox)
    assert [count(engine, table) for table in tables] == [1, 0, 0, 0, 0, 0]


def test_a_refused_last_write_rolls_back_every_write(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    def twice(shop: Shop) -> None:
        write_everywhere(shop, "p1")
        shop.add("p1")

    with pytest.raises(sa.exc.IntegrityError), uow.begin() as shop:
        twice(shop)

    assert [count(engine, table) for table in (PARCELS, CHASSIS.outbox, CHASSIS.jobs, CHASSIS.audit)] == [0, 0, 0, 0]


def test_an_inner_begin_shares_the_outer_transaction(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    def inner_and_outer(outer: Shop) -> None:
        with uow.begin() as inner:
            assert inner is outer
            write_everywhere(inner, "p1")
        raise Interrupted

    with pytest.raises(Interrupted), uow.begin() as outer:
        inner_and_outer(outer)

    assert count(engine, PARCELS) == count(engine, CHASSIS.outbox) == 0


def test_an_inner_failure_rolls_back_only_its_own_writes(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    def half_done() -> None:
        with uow.begin() as inner:
            write_everywhere(inner, "taken back")
            raise Interrupted

    with uow.begin() as outer:
        write_everywhere(outer, "kept")
        with pytest.raises(Interrupted):
            half_done()
        outer.add("after")

    with uow.begin(read_only=True) as shop:
        assert shop.parcels() == ["after", "kept"]
    assert [count(engine, table) for table in (CHASSIS.outbox, CHASSIS.jobs, CHASSIS.audit)] == [1, 1, 1]


def test_each_thread_has_a_transaction_of_its_own(uow: UnitOfWork[Shop]) -> None:
    seen: list[str] = []

    def read() -> None:
        with uow.begin(read_only=True) as shop:
            seen.extend(shop.parcels())

    with uow.begin() as shop:
        shop.add("not committed yet")
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    assert seen == []


def test_a_read_only_transaction_sees_one_snapshot_and_refuses_writes(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    with uow.begin(read_only=True) as shop:
        assert shop.parcels() == []
        other = threading.Thread(target=lambda: _add(uow, "meanwhile"))
        other.start()
        other.join()
        assert shop.parcels() == []
        with pytest.raises(RuntimeError):
            shop.enqueue("deliver", "p1")
        with pytest.raises(RuntimeError), uow.begin():
            pass
    with pytest.raises(sa.exc.DBAPIError), uow.begin(read_only=True) as shop:
        shop.add("p2")
    _add(uow, "written after reading")
    assert count(engine, PARCELS) == 2


def _add(uow: UnitOfWork[Shop], parcel: str) -> None:
    with uow.begin() as shop:
        shop.add(parcel)


def test_the_time_of_a_transaction_comes_from_the_database_and_does_not_change(
    uow: UnitOfWork[Shop], engine: sa.Engine
) -> None:
    with uow.begin() as shop:
        first = shop.now
        shop.add("p1")
        with uow.begin() as inner:
            assert inner.now == first
        assert abs(database_now(shop.connection) - first) < timedelta(seconds=30)
    with engine.connect() as connection:
        stored = connection.execute(sa.select(PARCELS.c.at)).scalar_one()
    assert stored == first
    assert stored.tzinfo == UTC


def test_times_are_compared_as_times(uow: UnitOfWork[Shop]) -> None:
    moments = [datetime(2030, 1, 1, 12, tzinfo=UTC) + timedelta(microseconds=n) for n in (0, 1, 999_999, 1_000_000)]
    with uow.begin() as shop:
        for number, moment in enumerate(moments):
            shop.connection.execute(PARCELS.insert().values(id=f"p{number}", taken=0, room=0, at=moment))
        later = shop.connection.scalars(sa.select(PARCELS.c.at).where(PARCELS.c.at > moments[0]).order_by(PARCELS.c.at))
        assert list(later) == moments[1:]
        with pytest.raises(sa.exc.StatementError):
            shop.connection.execute(PARCELS.update().values(at=datetime(2030, 1, 1)))  # noqa: DTZ001 - the point of it
