"""Runs jobs: takes one that is due, runs its handler, removes it. At least once: a handler must bear to run twice.

A handler opens its own transactions. While it runs, a heartbeat extends the job's lease; when the worker is killed, the
lease ends and another worker takes the job over. What goes wrong is tried again with growing waits; what is refused, or
goes wrong too often, stays in the table with its attempts and the class of its last error, and is counted.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.chassis import readings
from services.chassis.backoff import Backoff, wait_after
from services.chassis.clock import monotonic
from services.chassis.database import READ_ONLY, database_now, is_sqlite, transient_of
from services.chassis.errors import Refusal
from services.chassis.job_queue import (
    WORKER_DIED,
    Claim,
    claim_job,
    extend_lease,
    finish_job,
    give_up,
    given_up,
    next_due,
    put_back,
)
from services.chassis.watch import Watch

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a job; `attempt` counts from 1."""

    kind: str
    key: str
    payload: Mapping[str, Any]
    attempt: int


class Worker:
    """Runs jobs of the kinds in `handlers`, one at a time; start several workers for more.

    `lease` is how long a dead worker keeps its job, `attempts` how often a job is tried, the waits are in seconds:
    `longest_passing` is the longest after a fault that passes, so that work goes on soon after what was away is back.
    """

    def __init__(
        self,
        engine: sa.Engine,
        handlers: Mapping[str, Callable[[Job], None]],
        *,
        lease: timedelta = timedelta(seconds=30),
        attempts: int = 10,
        first_wait: float = 0.5,
        longest_wait: float = 300.0,
        longest_passing: float = 5.0,
        idle: float = 0.05,
        read_now: Callable[[sa.Connection], datetime] = database_now,
    ) -> None:
        self._engine = engine
        self._handlers = dict(handlers)
        self._kinds = sorted(handlers)
        self._lease = lease
        self._attempts = attempts
        self._waits = (first_wait, longest_wait)
        self._longest_passing = longest_passing
        self._idle = idle
        self._read_now = read_now
        self._watch = Watch(engine)
        self._backoff = Backoff(first=0.2, longest=2.0)
        self._look_at = 0.0

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; the job at hand is finished first. A database that is away is waited for."""
        try:
            while not stop.is_set():
                stop.wait(self._turn())
        finally:
            self._watch.close()

    def run_once(self) -> bool:
        """Run the next job that is due, if any; tells whether there was one."""
        with self._engine.begin() as connection:
            claim = claim_job(connection, self._kinds, self._read_now(connection), self._lease)
        if claim is None:
            return False
        self._do(claim)
        return True

    def _turn(self) -> float:
        """Do one job if one is due; returns how long to wait, in seconds."""
        try:
            changed = self._watch.changed()
            if not changed and monotonic() < self._look_at:
                return self._idle
            wait = self._until_next()
            if wait <= 0:
                wait = 0.0 if self.run_once() else self._idle
            self._look_at = monotonic() + wait
        except Exception as error:
            if transient_of(error) is None:
                raise
            _log.warning("worker_waits_for_database", extra={"error": type(error).__name__})
            return self._backoff.next()
        self._backoff.reset()
        return min(self._idle, wait)

    def _until_next(self) -> float:
        """Look, without the write lock, how many seconds remain until the next job is due."""
        reading = {READ_ONLY: True} if is_sqlite(self._engine) else {}
        with self._engine.connect().execution_options(**reading) as connection, connection.begin():
            due = next_due(connection, self._kinds)
            now = self._read_now(connection)
            readings.JOBS_GIVEN_UP.set(given_up(connection))
        return 60.0 if due is None else (due - now).total_seconds()

    def _do(self, claim: Claim) -> None:
        job = Job(claim.kind, claim.key, claim.payload, claim.attempt)
        if claim.attempt > self._attempts and claim.last_error == WORKER_DIED:  # perhaps the job kills its workers
            self._end(claim, "gave_up", lambda connection, now: give_up(connection, claim, WORKER_DIED, now))
            return
        try:
            with readings.JOB_SECONDS.labels(kind=job.kind).time(), self._kept(claim):
                self._handlers[job.kind](job)
        except Exception as error:
            self._went_wrong(claim, error)
        else:
            self._end(claim, "done", lambda connection, _: finish_job(connection, claim))

    def _went_wrong(self, claim: Claim, error: Exception) -> None:
        name = type(error).__name__
        passing = transient_of(error) is not None
        over = isinstance(error, Refusal) or (claim.attempt >= self._attempts and not passing)
        _log.log(
            logging.WARNING if passing else logging.ERROR,
            "job_gave_up" if over else "job_retried",
            extra={"kind": claim.kind, "attempt": claim.attempt, "error": name},
            exc_info=None if passing or isinstance(error, Refusal) else error,
        )
        if over:
            self._end(claim, "gave_up", lambda connection, now: give_up(connection, claim, name, now))
            return
        longest = self._longest_passing if passing else self._waits[1]
        wait = timedelta(seconds=wait_after(claim.attempt, first=self._waits[0], longest=longest))
        self._end(claim, "retried", lambda connection, now: put_back(connection, claim, name, now + wait))

    def _end(self, claim: Claim, outcome: str, write: Callable[[sa.Connection, datetime], bool]) -> None:
        with self._engine.begin() as connection:
            ours = write(connection, self._read_now(connection))
        readings.JOBS.labels(kind=claim.kind, outcome=outcome if ours else "taken_over").inc()

    @contextmanager
    def _kept(self, claim: Claim) -> Iterator[None]:
        """Extend the lease while the handler runs; a database that is away for a moment is asked again."""
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(self._lease.total_seconds() / 3):
                try:
                    with self._engine.begin() as connection:
                        if not extend_lease(connection, claim, self._read_now(connection) + self._lease):
                            return
                except sa.exc.SQLAlchemyError as error:
                    _log.warning("lease_not_extended", extra={"kind": claim.kind, "error": type(error).__name__})

        thread = threading.Thread(target=beat, name=f"lease {claim.kind}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
