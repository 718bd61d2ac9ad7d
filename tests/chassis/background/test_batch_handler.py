"""Batches of events in a transaction and of jobs in a run have the same result as single events and jobs."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.background.worker import BatchHandler, Job, Worker
from services.chassis.delivery.record_handler import RecordHandler
from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.chassis.storage.database import database_now, upsert
from services.chassis.storage.job_queue import JobRequest, claim_jobs, merge_requests, put_jobs
from services.chassis.storage.outbox import Outgoing, outgoing
from services.chassis.storage.row_cache import RowCache
from services.chassis.storage.unit_of_work import StoreBase, Transaction, UnitOfWork
from tests.chassis.shop import CHASSIS, METADATA, PARCELS, ParcelId, ParcelSent, Shop, count
from tests.support.batches import records
from tests.support.fakes import FixedClock
from tests.support.signing import VERIFIER

SECOND = timedelta(seconds=1)


def parcel(key: str, number: int = 0) -> Outgoing:
    return outgoing(ParcelSent(parcel_id=ParcelId(key), sequence=number), source="/other", now=FixedClock().now())


def fail(key: str) -> None:
    raise KeyError(key)


@pytest.fixture
def statements(engine: sa.Engine) -> list[str]:
    """Return the list of all statements sent to the database."""
    sent: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: sent.append(statement))
    sa.event.listen(engine, "savepoint", lambda *_: sent.append("SAVEPOINT"))
    return sent


def test_a_whole_transaction_uses_no_savepoints(uow: UnitOfWork[Shop], statements: list[str]) -> None:
    with uow.begin() as shop, uow.begin():
        shop.add("a")
    assert statements.count("SAVEPOINT") == 1
    with uow.begin(whole=True) as shop, uow.begin():
        shop.add("b")
    assert statements.count("SAVEPOINT") == 1


def test_a_whole_transaction_cannot_commit_after_a_part_failed(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    def careless() -> None:
        with uow.begin(whole=True) as shop:
            shop.add("a")
            with suppress(KeyError), uow.begin():
                shop.add("b")
                fail("b")
            shop.add("c")

    with pytest.raises(RuntimeError, match="went wrong"):
        careless()
    assert count(engine, PARCELS) == 0


class Shelf(StoreBase):
    """Counts the taken parcels in memory until the commit."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self.written: list[Mapping[str, int]] = []
        self.taken: RowCache[int] = RowCache(self._write)
        tx.hold(self.taken)

    def _write(self, changed: Mapping[str, int]) -> None:
        self.written.append(changed)
        upsert(self.connection, PARCELS, [{"id": key, "taken": taken, "room": 9} for key, taken in changed.items()])


@pytest.fixture
def shelves(engine: sa.Engine) -> UnitOfWork[Shelf]:
    METADATA.create_all(engine)
    return UnitOfWork(engine, Shelf, source="/shop")


def taken(engine: sa.Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {row.id: row.taken for row in connection.execute(sa.select(PARCELS))}


def test_held_rows_are_written_once_and_in_order_before_the_commit(
    shelves: UnitOfWork[Shelf], engine: sa.Engine
) -> None:
    with shelves.begin(whole=True) as shelf:
        for key, number in (("b", 1), ("a", 1), ("b", 2)):
            shelf.taken.change(key, number)
        assert shelf.written == []
        assert shelf.taken.get("b") == 2
    assert [list(changed.items()) for changed in shelf.written] == [[("a", 1), ("b", 2)]]
    assert taken(engine) == {"a": 1, "b": 2}


def test_held_rows_are_dropped_with_the_part_that_changed_them(shelves: UnitOfWork[Shelf], engine: sa.Engine) -> None:
    with shelves.begin() as shelf:
        shelf.taken.change("a", 1)
        with suppress(KeyError), shelves.begin():
            shelf.taken.change("a", 2)
            fail("a")
        assert shelf.taken.missing(["a"]) == ["a"]
    assert taken(engine) == {"a": 1}


def record_handler(uow: UnitOfWork[Shop], handled: list[str], prefetched: list[Sequence[Event]]) -> RecordHandler:
    def handle(event: ParcelSent, _: Envelope) -> None:
        handled.append(f"{event.parcel_id}{event.sequence}")
        with uow.begin() as shop:
            shop.add(handled[-1])

    return RecordHandler("shop", {ParcelSent: handle}, uow, VERIFIER, most_dead=20, prefetch=prefetched.append)


def test_an_event_that_occurs_twice_in_a_batch_takes_effect_once_at_its_first_place(uow: UnitOfWork[Shop]) -> None:
    handled: list[str] = []
    first, second = parcel("a", 1), parcel("a", 2)
    record_handler(uow, handled, []).take(records([first, second, first]))
    assert handled == ["a1", "a2"]


def test_only_new_events_are_read_ahead(uow: UnitOfWork[Shop]) -> None:
    prefetched: list[Sequence[Event]] = []
    known, new = parcel("a", 1), [parcel("a", number) for number in (2, 3)]
    receiver = record_handler(uow, [], prefetched)
    receiver.take(records([known]))
    receiver.take(records([known, *new]))
    assert [[getattr(event, "sequence", None) for event in events] for events in prefetched] == [[2, 3]]


def test_the_inbox_marks_of_a_batch_are_one_statement(uow: UnitOfWork[Shop], statements: list[str]) -> None:
    record_handler(uow, [], []).take(records([parcel("a", number) for number in range(50)]))
    assert sum("INSERT INTO inbox" in statement for statement in statements) == 1
    assert "SAVEPOINT" not in statements


REQUESTS = [
    (),
    ({"due": 0},),
    ({"due": 5}, {"due": 1, "payload": {"n": 1}}, {"due": 3}),
    ({"due": 1, "payload": {"n": 1}}, {"due": 5, "payload": {"n": 2}}),
]


@pytest.mark.parametrize("before", ["nothing", "waits", "runs", "gave up"])
@pytest.mark.parametrize("job_requests", REQUESTS, ids=range(len(REQUESTS)))
def test_merged_requests_for_a_job_have_the_same_result_as_single_requests(
    uow: UnitOfWork[Shop], engine: sa.Engine, before: str, job_requests: Sequence[Mapping[str, Any]]
) -> None:
    now = FixedClock().time

    def request(key: str, values: Mapping[str, Any]) -> JobRequest:
        return JobRequest("pack", key, now + values["due"] * SECOND, values.get("payload"))

    with engine.begin() as connection:
        if before != "nothing":
            earlier = {"due": 2, "payload": {"n": 0}}
            put_jobs(connection, [request("one by one", earlier), request("at once", earlier)], now)
        if before == "runs":
            claim_jobs(connection, ["pack"], now + 9 * SECOND, SECOND, most=2)
        if before == "gave up":
            connection.execute(CHASSIS.jobs.update().values(gave_up_at=now, attempts=10))
        for values in job_requests:
            put_jobs(connection, [request("one by one", values)], now)
        put_jobs(connection, merge_requests([request("at once", values) for values in job_requests]), now)
        rows = {row.key: row for row in connection.execute(sa.select(CHASSIS.jobs))}
    names = ("payload", "due_at", "attempts", "again_at", "again_payload", "gave_up_at")
    results = [tuple(getattr(row, name) for name in names) for row in rows.values()]
    assert len(set(map(repr, results))) <= 1
    assert len(rows) in (0, 2)


def packing(engine: sa.Engine, run: Any, *, most: int = 3, attempts: int = 3) -> Worker:
    return Worker(engine, {"pack": BatchHandler(run, most)}, attempts=attempts, first_wait=10)


def enqueue(uow: UnitOfWork[Shop], *keys: str) -> None:
    with uow.begin() as shop:
        for key in keys:
            shop.enqueue("pack", key)


def remaining_jobs(engine: sa.Engine) -> dict[str, tuple[int, str | None]]:
    with engine.connect() as connection:
        return {row.key: (row.attempts, row.last_error) for row in connection.execute(sa.select(CHASSIS.jobs))}


def test_small_jobs_are_run_several_at_a_time(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    runs: list[list[str]] = []

    def run(jobs: Sequence[Job]) -> Mapping[str, Exception]:
        runs.append([job.key for job in jobs])
        return {}

    enqueue(uow, *"abcde")
    worker = packing(engine, run)
    while worker.run_once():
        pass
    assert runs == [["a", "b", "c"], ["d", "e"]]
    assert remaining_jobs(engine) == {}


def test_only_the_failed_jobs_of_a_batch_are_retried(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    enqueue(uow, *"abc")
    packing(engine, lambda jobs: {"b": KeyError("b")}).run_once()
    assert remaining_jobs(engine) == {"b": (1, "KeyError")}


def test_when_a_batch_handler_fails_all_jobs_are_retried(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    def broken(jobs: Sequence[Job]) -> Mapping[str, Exception]:
        raise KeyError("all")

    enqueue(uow, *"ab")
    packing(engine, broken).run_once()
    assert remaining_jobs(engine) == {"a": (1, "KeyError"), "b": (1, "KeyError")}


def test_a_job_requested_while_it_runs_in_a_batch_runs_again(uow: UnitOfWork[Shop], engine: sa.Engine) -> None:
    runs: list[list[str]] = []

    def run(jobs: Sequence[Job]) -> Mapping[str, Exception]:
        runs.append([job.key for job in jobs])
        if len(runs) == 1:
            enqueue(uow, "b")
        return {}

    enqueue(uow, *"ab")
    worker = packing(engine, run)
    while worker.run_once():
        pass
    assert runs == [["a", "b"], ["b"]]


def test_a_busy_worker_does_not_read_the_figures_before_every_job(
    uow: UnitOfWork[Shop], engine: sa.Engine, statements: list[str]
) -> None:
    stop = threading.Event()

    def run(jobs: Sequence[Job]) -> Mapping[str, Exception]:
        with engine.begin() as connection:
            assert database_now(connection)
        if count(engine, CHASSIS.jobs) == len(jobs):
            stop.set()
        return {}

    enqueue(uow, *(f"{number:03}" for number in range(60)))
    statements.clear()
    packing(engine, run).run(stop)
    assert remaining_jobs(engine) == {}
    assert sum("min(" in statement for statement in statements) < 5
