"""Concurrent changes of one database, tested on SQLite and PostgreSQL: none is lost, none counts twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.chassis.core.errors import Contention
from services.chassis.leadership.leadership import leadership
from services.chassis.storage.audit import verify_audit
from services.chassis.storage.database import database_now, for_update, is_sqlite
from services.chassis.storage.inbox import note_events
from services.chassis.storage.job_queue import claim_jobs, finish_job, next_due
from services.chassis.storage.outbox import mark_published, outgoing, store_outgoing, waiting
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.shop import CHASSIS, PARCELS, ParcelId, ParcelSent, Shop, count
from tests.support.patience import PATIENCE


def run_concurrently(work: Callable[[int], None], times: int) -> None:
    """Run ``work`` in ``times`` threads that start together; raise the exception of any of them."""
    barrier = threading.Barrier(times)

    def run(number: int) -> None:
        barrier.wait()
        work(number)

    with ThreadPoolExecutor(times) as pool:
        list(pool.map(run, range(times)))


def test_64_concurrent_requests_fill_the_last_places_exactly(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    places, requests = 10, 64
    with uow.begin() as shop:
        shop.add("van", room=places)
    outcomes: list[str] = []

    def take(number: int) -> None:
        def change(shop: Shop) -> str:
            row = shop.connection.execute(for_update(sa.select(PARCELS).where(PARCELS.c.id == "van"))).one()
            if row.taken >= row.room:
                return "full"
            shop.connection.execute(PARCELS.update().values(taken=row.taken + 1))
            shop.publish(ParcelSent(parcel_id=ParcelId(f"p{number}")))
            shop.enqueue("load", "van")
            shop.audit("taken", "van", by=f"clerk-{number}")
            return "taken"

        outcomes.append(uow.run(change))

    run_concurrently(take, requests)

    assert sorted(outcomes) == ["full"] * (requests - places) + ["taken"] * places
    with engine.connect() as connection:
        assert connection.execute(sa.select(PARCELS.c.taken)).scalar_one() == places
        assert verify_audit(connection) == []
    assert count(engine, CHASSIS.outbox) == count(engine, CHASSIS.audit) == places
    assert count(engine, CHASSIS.jobs) == 1


def test_a_deadlock_is_a_contention_and_the_second_run_succeeds(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    for parcel in ("a", "b"):
        with uow.begin() as shop:
            shop.add(parcel, room=10)
    barrier = threading.Barrier(2)
    runs: list[str] = []

    def take_both(number: int) -> None:
        def change(shop: Shop) -> None:
            runs.append("run")
            first, second = ("a", "b") if number else ("b", "a")
            _take(shop, first)
            if not is_sqlite(engine):  # on SQLite the second transaction has not begun yet
                _wait_once(barrier)
            _take(shop, second)

        uow.run(change)

    run_concurrently(take_both, 2)

    with engine.connect() as connection:
        assert list(connection.scalars(sa.select(PARCELS.c.taken))) == [2, 2]
    assert len(runs) == (2 if is_sqlite(engine) else 3)


def _take(shop: Shop, parcel: str) -> None:
    shop.connection.execute(PARCELS.update().where(PARCELS.c.id == parcel).values(taken=PARCELS.c.taken + 1))


def _wait_once(barrier: threading.Barrier) -> None:
    if not barrier.broken:
        try:
            barrier.wait(PATIENCE)
            barrier.abort()
        except threading.BrokenBarrierError:
            pass


def test_a_contention_in_every_attempt_is_raised(uow: UnitOfWork[Shop]) -> None:
    tries: list[str] = []

    def change(shop: Shop) -> None:
        tries.append("try")
        raise Contention("again")

    with pytest.raises(Contention):
        uow.run(change, attempts=3)
    assert len(tries) == 3


def test_an_event_takes_effect_once_when_many_handle_it(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    new: list[bool] = []

    def handle(number: int) -> None:
        with uow.begin() as shop:
            if note_events(shop.connection, "group", [("/other", "e1")], shop.now):
                shop.add(f"p{number}")
                new.append(True)

    run_concurrently(handle, 8)
    assert len(new) == count(engine, PARCELS) == count(engine, CHASSIS.inbox) == 1


def test_an_event_committed_late_is_still_found(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    if is_sqlite(engine):
        pytest.skip("SQLite has one writer at a time, so no commit is late")
    with engine.connect() as slow, engine.connect() as quick:
        early = [outgoing(ParcelSent(parcel_id=ParcelId("slow")), source="/shop", now=database_now(slow))]
        store_outgoing(slow, early, database_now(slow))
        late = [outgoing(ParcelSent(parcel_id=ParcelId("quick")), source="/shop", now=database_now(quick))]
        store_outgoing(quick, late, database_now(quick))
        quick.commit()
        with engine.begin() as relay:
            events = waiting(relay, 10)
            assert [event.key for event in events] == ["quick"]
            mark_published(relay, [event.seq for event in events], database_now(relay))
        slow.commit()
    with engine.begin() as relay:
        assert [event.key for event in waiting(relay, 10)] == ["slow"]


def test_several_workers_never_claim_the_same_job(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    jobs = 40
    with uow.begin() as shop:
        for number in range(jobs):
            shop.enqueue("deliver", f"p{number}")
    claimed: list[str] = []

    def work(_: int) -> None:
        while True:
            with engine.begin() as connection:
                claims = claim_jobs(connection, ["deliver"], database_now(connection), timedelta(minutes=1), most=1)
            if not claims:
                return
            claimed.append(claims[0].key)
            with engine.begin() as connection:
                assert finish_job(connection, claims[0])

    run_concurrently(work, 8)
    assert sorted(claimed) == sorted(f"p{number}" for number in range(jobs))
    assert count(engine, CHASSIS.jobs) == 0


def test_concurrent_enqueues_create_one_job_with_the_earliest_time(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)

    def enqueue(number: int) -> None:
        with uow.begin() as shop:
            shop.enqueue("round", "all", due_at=start + timedelta(seconds=(number * 7) % 16), payload={"from": number})

    run_concurrently(enqueue, 16)
    with engine.connect() as connection:
        assert count(engine, CHASSIS.jobs) == 1
        assert next_due(connection, ["round"]) == start


def test_one_candidate_leads_until_it_releases(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    first, second, third = (leadership(engine, "relay") for _ in range(3))
    scheduler = leadership(engine, "scheduler")
    try:
        assert first.hold()
        assert not second.hold()
        assert scheduler.hold()
        with first.fenced() as connection:
            connection.execute(PARCELS.insert().values(id="p1", taken=0, room=0))
        with pytest.raises(Contention), second.fenced() as connection:
            connection.execute(PARCELS.insert().values(id="p2", taken=0, room=0))
        first.release()
        assert third.hold()
    finally:
        for lead in (first, second, third, scheduler):
            lead.release()
    assert count(engine, PARCELS) == 1


def test_concurrent_writes_keep_the_audit_chain_valid(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    def write(number: int) -> None:
        with uow.begin() as shop:
            shop.audit("looked", f"p{number}", by=f"clerk-{number}", detail={"n": number})
            shop.audit("closed", f"p{number}", by=f"clerk-{number}", reason="done")

    run_concurrently(write, 12)
    with engine.connect() as connection:
        assert verify_audit(connection) == []
    assert count(engine, CHASSIS.audit) == 24
