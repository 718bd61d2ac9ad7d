"""The worker: claims due jobs, runs their handlers and deletes them. At least once: handlers must be idempotent.

Small and frequent jobs are run in batches (``BatchHandler``): claimed, handled and deleted several at a time.

A handler opens its own transactions. While it runs, a heartbeat extends the job's lease; when the worker is killed, the
lease expires and another worker takes the job over. A failed job is retried with growing waits; a job that was refused,
or failed too often, stays in the table with its attempts and the class of its last error, and is counted.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from services.chassis.core.backoff import Backoff, wait_after
from services.chassis.core.clock import monotonic
from services.chassis.core.errors import Refusal
from services.chassis.observability import metrics
from services.chassis.storage.change_watch import ChangeWatch
from services.chassis.storage.database import database_now, is_sqlite, transient_of
from services.chassis.storage.job_queue import (
    WORKER_DIED,
    Claim,
    claim_jobs,
    extend_leases,
    finish_jobs,
    give_up,
    given_up,
    next_due,
    put_back,
)
from services.chassis.storage.sqlite import READ_ONLY

_log = logging.getLogger(__name__)
_FIGURES_EVERY = 1.0  # seconds between reads of the queue's figures while there is work


@dataclass(frozen=True, slots=True)
class Job:
    """A run of a job; ``attempt`` counts from 1."""

    kind: str
    key: str
    payload: Mapping[str, Any]
    attempt: int


@dataclass(frozen=True, slots=True)
class BatchHandler:
    """A handler of up to ``most`` jobs at once. It returns errors by key; all other jobs are done."""

    run: Callable[[Sequence[Job]], Mapping[str, Exception]]
    most: int


Handler = Callable[[Job], None] | BatchHandler


class Worker:
    """Runs jobs of the kinds in ``handlers``, one at a time; start several workers to run jobs in parallel.

    A worker whose only kind has a ``BatchHandler`` handler claims several at once. ``lease`` is how long a dead worker
    keeps its job, ``attempts`` how often a job is tried. Waits are in seconds. ``longest_transient`` limits the wait
    after a transient fault, so that work continues soon after a dependency is back.
    """

    def __init__(  # noqa: PLR0913 - every argument but two has a default
        self,
        engine: sa.Engine,
        handlers: Mapping[str, Handler],
        *,
        lease: timedelta = timedelta(seconds=30),
        attempts: int = 10,
        first_wait: float = 0.5,
        longest_wait: float = 300.0,
        longest_transient: float = 5.0,
        idle: float = 0.05,
        read_now: Callable[[sa.Connection], datetime] = database_now,
    ) -> None:
        self._engine = engine
        batches = [handler for handler in handlers.values() if isinstance(handler, BatchHandler)]
        self._most = batches[0].most if len(handlers) == len(batches) == 1 else 1
        self._handlers = {
            kind: handler.run if isinstance(handler, BatchHandler) else partial(_one_by_one, handler)
            for kind, handler in handlers.items()
        }
        self._kinds = sorted(handlers)
        self._lease = lease
        self._attempts = attempts
        self._waits = (first_wait, longest_wait)
        self._longest_transient = longest_transient
        self._idle = idle
        self._read_now = read_now
        self._watch = ChangeWatch(engine)
        self._backoff = Backoff(first=0.2, longest=2.0)
        self._next_read = 0.0
        self._busy = False

    def run(self, stop: threading.Event) -> None:
        """Run jobs until ``stop`` is set; finishes the current job first. Waits while the database is away."""
        try:
            while not stop.is_set():
                stop.wait(self._turn())
        finally:
            self._watch.close()

    def run_once(self) -> bool:
        """Run the next due job or batch of jobs; return whether there was any."""
        with self._engine.begin() as connection:
            claims = claim_jobs(connection, self._kinds, self._read_now(connection), self._lease, most=self._most)
        if claims:
            self._run_claims(claims)
        return bool(claims)

    def _turn(self) -> float:
        """Run due jobs; return how long to wait, in seconds. While there is work, the figures are rarely read."""
        try:
            if self._busy and monotonic() < self._next_read:
                self._busy = self.run_once()
                self._next_read *= self._busy  # no job is left: read at once when the next is due
                return 0.0
            changed = self._watch.changed()
            if not (changed or self._busy) and monotonic() < self._next_read:
                return self._idle
            wait = self._until_next()
            if wait <= 0:
                self._busy = self.run_once()
                wait = 0.0 if self._busy else self._idle
            else:
                self._busy = False
            self._next_read = monotonic() + (_FIGURES_EVERY if self._busy else wait)
        except Exception as error:
            if transient_of(error) is None:
                raise
            _log.warning("worker_waits_for_database", extra={"error": type(error).__name__})
            return self._backoff.next()
        self._backoff.reset()
        return min(self._idle, wait)

    def _until_next(self) -> float:
        """Return the seconds until the next job is due; reads without the write lock."""
        reading = {READ_ONLY: True} if is_sqlite(self._engine) else {}
        with self._engine.connect().execution_options(**reading) as connection, connection.begin():
            due = next_due(connection, self._kinds)
            now = self._read_now(connection)
            metrics.JOBS_GIVEN_UP.set(given_up(connection))
        return 60.0 if due is None else (due - now).total_seconds()

    def _run_claims(self, claims: Sequence[Claim]) -> None:
        """Run jobs that were claimed together."""
        ready: dict[str, list[Claim]] = {}
        for claim in claims:
            if (
                claim.attempt > self._attempts and claim.last_error == WORKER_DIED
            ):  # the job itself may kill its workers
                self._end_run(claim, "gave_up", partial(_died_too_often, claim))
            else:
                ready.setdefault(claim.kind, []).append(claim)
        for kind, batches in ready.items():
            self._run_kind(kind, batches)

    def _run_kind(self, kind: str, claims: Sequence[Claim]) -> None:
        jobs = [Job(claim.kind, claim.key, claim.payload, claim.attempt) for claim in claims]
        try:
            with metrics.JOB_SECONDS.labels(kind=kind).time(), self._extended_leases(claims):
                faults = self._handlers[kind](jobs)
        except Exception as error:
            faults = dict.fromkeys((job.key for job in jobs), error)
        done = [claim for claim in claims if claim.key not in faults]
        if done:
            with self._engine.begin() as connection:
                still_ours = len(finish_jobs(connection, done))
            metrics.JOBS.labels(kind=kind, outcome="done").inc(still_ours)
            metrics.JOBS.labels(kind=kind, outcome="taken_over").inc(len(done) - still_ours)
        for claim in claims:
            if claim.key in faults:
                self._handle_error(claim, faults[claim.key])

    def _handle_error(self, claim: Claim, error: Exception) -> None:
        name = type(error).__name__
        transient = transient_of(error) is not None
        final = isinstance(error, Refusal) or (claim.attempt >= self._attempts and not transient)
        _log.log(
            logging.WARNING if transient else logging.ERROR,
            "job_gave_up" if final else "job_retried",
            extra={"kind": claim.kind, "attempt": claim.attempt, "error": name},
            exc_info=None if transient or isinstance(error, Refusal) else error,
        )
        if final:
            self._end_run(claim, "gave_up", lambda connection, now: give_up(connection, claim, name, now))
            return
        longest = self._longest_transient if transient else self._waits[1]
        wait = timedelta(seconds=wait_after(claim.attempt, first=self._waits[0], longest=longest))
        self._end_run(claim, "retried", lambda connection, now: put_back(connection, claim, name, now + wait))

    def _end_run(self, claim: Claim, outcome: str, write: Callable[[sa.Connection, datetime], bool]) -> None:
        with self._engine.begin() as connection:
            still_ours = write(connection, self._read_now(connection))
        metrics.JOBS.labels(kind=claim.kind, outcome=outcome if still_ours else "taken_over").inc()

    @contextmanager
    def _extended_leases(self, claims: Sequence[Claim]) -> Iterator[None]:
        """Extend the leases while the handler runs; retries while the database is away."""
        kind = claims[0].kind
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(self._lease.total_seconds() / 3):
                try:
                    with self._engine.begin() as connection:
                        if not extend_leases(connection, claims, self._read_now(connection) + self._lease):
                            return
                except sa.exc.SQLAlchemyError as error:
                    _log.warning("lease_not_extended", extra={"kind": kind, "error": type(error).__name__})

        thread = threading.Thread(target=beat, name=f"lease {kind}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def _died_too_often(claim: Claim, connection: sa.Connection, now: datetime) -> bool:
    return give_up(connection, claim, WORKER_DIED, now)


def _one_by_one(handle: Callable[[Job], None], jobs: Sequence[Job]) -> Mapping[str, Exception]:
    faults: dict[str, Exception] = {}
    for job in jobs:
        try:
            handle(job)
        except Exception as error:  # the worker decides about the error of each job
            faults[job.key] = error
    return faults
