"""A job is one row per kind and key; it runs when due, is retried after errors, and is never silently dropped."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.background.worker import Job, Worker
from services.chassis.core.errors import Conflict, Contention
from services.chassis.storage.job_queue import given_up
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.running import running, until
from tests.chassis.shop import CHASSIS, METADATA, Shop, count
from tests.support.fakes import FixedClock
from tests.support.patience import PATIENCE

JOBS = CHASSIS.jobs
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def uow(engine: sa.Engine, clock: FixedClock) -> UnitOfWork[Shop]:
    METADATA.create_all(engine)
    return UnitOfWork(engine, Shop, source="/shop", read_now=clock.read)


def worker(engine: sa.Engine, clock: FixedClock, handler: Callable[[Job], None], attempts: int = 3) -> Worker:
    return Worker(engine, {"pack": handler}, attempts=attempts, first_wait=10, longest_wait=1000, read_now=clock.read)


def enqueue(uow: UnitOfWork[Shop], key: str = "p1", *, after: timedelta = timedelta(), **payload: Any) -> None:
    with uow.begin() as shop:
        shop.enqueue("pack", key, due_at=shop.now + after, payload=payload or None)


def the_job(engine: sa.Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(sa.select(JOBS)).one()


def test_a_job_runs_when_it_is_due_and_is_then_deleted(
    uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock
) -> None:
    ran: list[Job] = []
    enqueue(uow, after=SECOND, colour="red")
    packing = worker(engine, clock, ran.append)
    assert not packing.run_once()
    clock.forward(SECOND)
    assert packing.run_once()
    assert ran == [Job("pack", "p1", {"colour": "red"}, 1)]
    assert count(engine, JOBS) == 0


def test_a_waiting_job_keeps_the_earlier_time_and_the_newer_payload(
    uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock
) -> None:
    enqueue(uow, after=5 * SECOND, n=1)
    enqueue(uow, after=3 * SECOND, n=2)
    enqueue(uow, after=9 * SECOND, n=3)
    enqueue(uow, after=9 * SECOND)
    job = the_job(engine)
    assert (job.due_at, job.payload) == (clock.now() + 3 * SECOND, {"n": 3})


def test_a_job_enqueued_while_it_runs_runs_again(uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock) -> None:
    ran: list[dict[str, Any]] = []

    def pack(job: Job) -> None:
        ran.append(dict(job.payload))
        if len(ran) == 1:
            enqueue(uow, after=7 * SECOND, n=2)
            enqueue(uow, after=4 * SECOND, n=3)
            enqueue(uow, after=9 * SECOND)

    enqueue(uow, n=1)
    packing = worker(engine, clock, pack)
    assert packing.run_once()
    assert not packing.run_once()
    assert the_job(engine).due_at == clock.now() + 4 * SECOND
    clock.forward(4 * SECOND)
    assert packing.run_once()
    assert ran == [{"n": 1}, {"n": 3}]
    assert count(engine, JOBS) == 0


def test_a_failed_job_is_retried_after_a_growing_wait(
    uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock
) -> None:
    def pack(job: Job) -> None:
        raise OSError("no paper for SECRET")

    enqueue(uow)
    packing = worker(engine, clock, pack)
    waits = []
    for _ in range(2):
        assert packing.run_once()
        job = the_job(engine)
        waits.append(job.due_at - clock.now())
        assert (job.last_error, job.lease) == ("OSError", None)
        enqueue(uow)  # and another request does not shorten the wait
        assert not packing.run_once()
        clock.time = job.due_at
    assert 5 * SECOND <= waits[0] <= 10 * SECOND <= waits[1] <= 20 * SECOND


def test_a_job_that_fails_too_often_stays_for_an_operator(
    uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock
) -> None:
    def pack(job: Job) -> None:
        raise OSError

    enqueue(uow)
    packing = worker(engine, clock, pack, attempts=2)
    for _ in range(2):
        assert packing.run_once()
        clock.forward(3600 * SECOND)
    assert not packing.run_once()
    job = the_job(engine)
    assert (job.attempts, job.last_error, job.gave_up_at is not None) == (2, "OSError", True)
    with engine.connect() as connection:
        assert given_up(connection) == 1

    enqueue(uow)  # a new request starts again
    assert packing.run_once()
    assert (the_job(engine).attempts, the_job(engine).gave_up_at) == (1, None)


def test_a_refused_job_is_not_retried(uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock) -> None:
    def pack(job: Job) -> None:
        raise Conflict("closed", "The shop is closed.")

    enqueue(uow)
    assert worker(engine, clock, pack).run_once()
    assert (the_job(engine).last_error, the_job(engine).gave_up_at) == ("Conflict", clock.now())


def test_transient_faults_are_retried_beyond_the_limit(
    uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock
) -> None:
    def pack(job: Job) -> None:
        if job.attempt <= 5:
            raise Contention("busy")

    enqueue(uow)
    packing = worker(engine, clock, pack, attempts=2)
    for _ in range(6):
        assert packing.run_once()
        clock.forward(3600 * SECOND)
    assert count(engine, JOBS) == 0


def test_a_job_that_was_taken_over_is_not_removed_by_its_first_worker(
    uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock
) -> None:
    second_ran: list[int] = []
    second = worker(engine, clock, lambda job: second_ran.append(job.attempt))

    def pack(job: Job) -> None:  # the lease of the first worker expires while it runs
        clock.forward(timedelta(minutes=5))
        with engine.begin() as connection:
            connection.execute(JOBS.update().values(lease="of another worker", leased_until=clock.now() + SECOND))

    enqueue(uow)
    assert worker(engine, clock, pack).run_once()
    assert count(engine, JOBS) == 1
    clock.forward(SECOND)
    assert second.run_once()
    assert second_ran == [2]
    assert count(engine, JOBS) == 0


KILLED_AT_WORK = """
import os, signal, sys
from datetime import timedelta
from services.chassis.storage.database import open_engine
from services.chassis.background.worker import Worker
Worker(open_engine(sys.argv[1]), {"pack": lambda job: os.kill(os.getpid(), signal.SIGKILL)}).run_once()
"""


@pytest.mark.slow
def test_the_job_of_a_killed_worker_is_taken_over_after_its_lease(
    uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock, tmp_path: Path
) -> None:
    clock.time -= timedelta(days=3650)  # due long ago for the killed worker, which uses the real time
    enqueue(uow)
    command = [sys.executable, "-c", KILLED_AT_WORK, f"sqlite:///{tmp_path}/shop.db"]
    killed = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    assert killed.returncode == -signal.SIGKILL
    ran: list[int] = []
    packing = worker(engine, clock, lambda job: ran.append(job.attempt))
    clock.time = the_job(engine).leased_until - SECOND
    assert not packing.run_once()
    clock.forward(SECOND)
    assert packing.run_once()
    assert ran == [2]


def test_a_job_that_kills_its_workers_is_given_up(uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock) -> None:
    enqueue(uow)
    with engine.begin() as connection:
        connection.execute(JOBS.update().values(attempts=3, lease="of a dead worker", leased_until=clock.now()))
    ran: list[Job] = []
    assert worker(engine, clock, ran.append).run_once()
    assert ran == []
    assert (the_job(engine).last_error, the_job(engine).gave_up_at) == ("WorkerDied", clock.now())


def test_a_long_job_keeps_its_lease(uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock) -> None:
    def pack(job: Job) -> None:
        clock.forward(timedelta(seconds=10))
        until(lambda: the_job(engine).leased_until > clock.now())

    enqueue(uow)
    packing = Worker(engine, {"pack": pack}, lease=timedelta(seconds=0.15), read_now=clock.read)
    assert packing.run_once()
    assert count(engine, JOBS) == 0


def test_workers_leave_jobs_of_other_kinds_alone(uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock) -> None:
    with uow.begin() as shop:
        shop.enqueue("paint", "p1")
    assert not worker(engine, clock, print).run_once()


def test_several_workers_share_the_jobs_and_run_none_twice(
    uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock
) -> None:
    ran: list[str] = []
    lock = threading.Lock()

    def pack(job: Job) -> None:
        with lock:
            ran.append(job.key)

    with uow.begin() as shop:
        for number in range(30):
            shop.enqueue("pack", f"p{number}")
    loops = [worker(engine, clock, pack).run for _ in range(3)]
    with running(loops[0]), running(loops[1]), running(loops[2]):
        until(lambda: count(engine, JOBS) == 0)
        enqueue(uow, "late")  # and an idle worker notices a new job
        until(lambda: "late" in ran)
    assert sorted(ran) == sorted([*(f"p{number}" for number in range(30)), "late"])


def test_after_a_transient_fault_a_job_never_waits_long(
    uow: UnitOfWork[Shop], engine: sa.Engine, clock: FixedClock
) -> None:
    tries: list[Job] = []

    def away(job: Job) -> None:
        tries.append(job)
        raise Contention("busy")

    with uow.begin() as shop:
        shop.enqueue("pack", "p1", due_at=clock.time)
    worker = Worker(engine, {"pack": away}, read_now=clock.read)
    for _ in range(40):
        worker.run_once()
        clock.forward(timedelta(seconds=5))
    assert len(tries) == 40
