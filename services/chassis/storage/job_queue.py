"""The job queue as a table: enqueue, claim, finish and retry jobs, each in a short statement.

One row per (kind, key). While a job waits, another request keeps the earlier due time (a debounce) and the newer
payload. While it runs, a request is stored in ``again_at`` and becomes the next run. Claims use UPDATE ... RETURNING,
since SQLite silently ignores SKIP LOCKED.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.chassis.storage.database import insert_of
from services.chassis.storage.tables import TABLES

_JOBS = TABLES.jobs
_AT_ONCE = 500
WORKER_DIED = "WorkerDied"
"""The error of a run that ended without a result: its lease expired."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed job: ``lease`` proves that it is ours, ``attempt`` counts from 1, ``last_error`` ended the last run."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    attempt: int
    lease: str
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A request for a job; None as ``payload`` keeps the payload of a job that exists."""

    kind: str
    key: str
    due_at: datetime
    payload: Mapping[str, Any] | None = None


def merge_requests(requests: Sequence[JobRequest]) -> list[JobRequest]:
    """Return one request per job, sorted, with the same effect: the earliest due time, the newest payload."""
    merged: dict[tuple[str, str], JobRequest] = {}
    for new in requests:
        old = merged.get((new.kind, new.key))
        if old is not None:
            payload = old.payload if new.payload is None else new.payload
            merged[new.kind, new.key] = JobRequest(new.kind, new.key, min(old.due_at, new.due_at), payload)
        else:
            merged[new.kind, new.key] = new
    return [merged[place] for place in sorted(merged)]


def put_jobs(connection: sa.Connection, requests: Sequence[JobRequest], now: datetime) -> None:
    """Enqueue jobs, in the caller's transaction. A job that was given up starts again; one in back-off still waits."""
    rows = [
        {
            "kind": request.kind,
            "key": request.key,
            "payload": None if request.payload is None else dict(request.payload),
            "due_at": request.due_at,
            "attempts": 0,
            "created_at": now,
        }
        for request in requests
    ]
    if rows:
        connection.execute(_enqueue(connection.dialect.name), rows)


@cache
def _enqueue(dialect: str) -> Any:
    """Return the statement that enqueues jobs, built once per dialect."""
    insert = insert_of(dialect, _JOBS)
    new, old = insert.excluded, _JOBS.c
    running, gave_up = old.leased_until.is_not(None), old.gave_up_at.is_not(None)
    earlier = sa.case((new.due_at < old.due_at, new.due_at), else_=old.due_at)
    return insert.on_conflict_do_update(
        index_elements=[old.kind, old.key],
        set_={
            "due_at": sa.case((gave_up, new.due_at), (running | (old.attempts > 0), old.due_at), else_=earlier),
            "payload": sa.case((running, old.payload), else_=sa.func.coalesce(new.payload, old.payload)),
            "again_at": sa.case(
                (running & (old.again_at.is_(None) | (new.due_at < old.again_at)), new.due_at), else_=old.again_at
            ),
            "again_payload": sa.case(
                (running, sa.func.coalesce(new.payload, old.again_payload)), else_=old.again_payload
            ),
            "attempts": sa.case((gave_up, 0), else_=old.attempts),
            "gave_up_at": None,
        },
    )


def claim_jobs(
    connection: sa.Connection, kinds: Sequence[str], now: datetime, lease: timedelta, *, most: int
) -> list[Claim]:
    """Claim at most ``most`` jobs, those due longest first; also those whose lease expired because a worker died."""
    token = str(uuid.uuid4())
    values = {"kinds": list(kinds), "now": now, "most": most, "token": token, "until": now + lease}
    rows = connection.execute(_claim(connection.dialect.name), values).all()
    return [
        Claim(row.id, row.kind, row.key, row.payload or {}, row.attempts, token, row.last_error)
        for row in sorted(rows, key=lambda row: (row.due_at, row.id))
    ]


@cache
def _claim(dialect: str) -> Any:
    """Return the statement that claims jobs. A subquery finds the due jobs first, so that no other rows are locked."""
    now: sa.BindParameter[datetime] = sa.bindparam("now", type_=_JOBS.c.due_at.type)
    due = (
        sa.select(_JOBS.c.id)
        .where(
            _JOBS.c.kind.in_(sa.bindparam("kinds", expanding=True)),
            _JOBS.c.due_at <= now,
            _JOBS.c.gave_up_at.is_(None),
            _JOBS.c.leased_until.is_(None) | (_JOBS.c.leased_until <= now),
        )
        .order_by(_JOBS.c.due_at, _JOBS.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )
    if dialect != "sqlite":
        due = due.with_for_update(skip_locked=True)
    due_jobs = due.cte("due")
    return (
        _JOBS.update()
        .where(_JOBS.c.id.in_(sa.select(due_jobs.c.id)))
        .values(
            lease=sa.bindparam("token"),
            leased_until=sa.bindparam("until", type_=_JOBS.c.leased_until.type),
            attempts=_JOBS.c.attempts + 1,
            last_error=sa.case((_JOBS.c.leased_until.is_not(None), WORKER_DIED), else_=_JOBS.c.last_error),
        )
        .returning(
            _JOBS.c.id,
            _JOBS.c.kind,
            _JOBS.c.key,
            _JOBS.c.payload,
            _JOBS.c.attempts,
            _JOBS.c.last_error,
            _JOBS.c.due_at,
        )
    )


def next_due(connection: sa.Connection, kinds: Sequence[str]) -> datetime | None:
    """Return when the next job is due or the next lease ends, or None if there are no jobs."""
    when = sa.case((_JOBS.c.leased_until > _JOBS.c.due_at, _JOBS.c.leased_until), else_=_JOBS.c.due_at)
    query = sa.select(sa.type_coerce(sa.func.min(when), _JOBS.c.due_at.type))
    due_at: datetime | None = connection.execute(
        query.where(_JOBS.c.kind.in_(list(kinds)), _JOBS.c.gave_up_at.is_(None))
    ).scalar_one()
    return due_at


def extend_leases(connection: sa.Connection, claims: Sequence[Claim], until: datetime) -> int:
    """Extend the leases of jobs that were claimed together; return how many are still ours."""
    together = _JOBS.c.id.in_([claim.id for claim in claims]) & (_JOBS.c.lease == claims[0].lease)
    return connection.execute(_JOBS.update().where(together).values(leased_until=until)).rowcount


def finish_jobs(connection: sa.Connection, claims: Sequence[Claim]) -> set[int]:
    """Finish jobs that were claimed together, see ``finish_job``; return the ids of those that were still ours."""
    values = {"ids": [claim.id for claim in claims], "token": claims[0].lease}
    done = set(connection.scalars(_FINISH, values))
    return done | {claim.id for claim in claims if claim.id not in done and finish_job(connection, claim)}


_FINISH = (
    _JOBS.delete()
    .where(
        _JOBS.c.id.in_(sa.bindparam("ids", expanding=True)),
        _JOBS.c.lease == sa.bindparam("token"),
        _JOBS.c.again_at.is_(None),
    )
    .returning(_JOBS.c.id)
)


def finish_job(connection: sa.Connection, claim: Claim) -> bool:
    """Delete a finished job, or let it wait again if it was enqueued meanwhile; return False if it was taken over."""
    if connection.execute(_ours(_JOBS.delete(), claim).where(_JOBS.c.again_at.is_(None))).rowcount == 1:
        return True
    return (
        connection.execute(
            _ours(_JOBS.update(), claim).values(
                due_at=_JOBS.c.again_at,
                payload=sa.func.coalesce(_JOBS.c.again_payload, _JOBS.c.payload),
                attempts=0,
                last_error=None,
                **_AT_REST,
            )
        ).rowcount
        == 1
    )


def put_back(connection: sa.Connection, claim: Claim, error: str, due_at: datetime) -> bool:
    """Let a failed job wait until ``due_at``; that run also serves requests made meanwhile."""
    return (
        connection.execute(
            _ours(_JOBS.update(), claim).values(
                due_at=due_at,
                payload=sa.func.coalesce(_JOBS.c.again_payload, _JOBS.c.payload),
                last_error=error,
                **_AT_REST,
            )
        ).rowcount
        == 1
    )


def waits_later(jobs: sa.Table, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition for a waiting job that is due after ``now``; ``jobs`` is a service's own table."""
    return (jobs.c.due_at > now) & jobs.c.leased_until.is_(None) & jobs.c.gave_up_at.is_(None)


def hasten_jobs(connection: sa.Connection, kind: str, keys: Sequence[str], now: datetime) -> int:
    """Make waiting jobs due now, since the reason for their wait has ended; return how many."""
    hastened = 0
    for start in range(0, len(keys), _AT_ONCE):
        chunk = list(keys[start : start + _AT_ONCE])
        update = _JOBS.update().where(_JOBS.c.kind == kind, _JOBS.c.key.in_(chunk), waits_later(_JOBS, now))
        hastened += connection.execute(update.values(due_at=now)).rowcount
    return hastened


def give_up(connection: sa.Connection, claim: Claim, error: str, now: datetime) -> bool:
    """Stop retrying a job: the row stays with its attempts and last error. A request made meanwhile still runs."""
    if connection.execute(
        _ours(_JOBS.update(), claim)
        .where(_JOBS.c.again_at.is_(None))
        .values(gave_up_at=now, last_error=error, **_AT_REST)
    ).rowcount:
        return True
    return finish_job(connection, claim)


def given_up(connection: sa.Connection) -> int:
    """Return the number of jobs that were given up and wait for an operator."""
    query = sa.select(sa.func.count()).select_from(_JOBS).where(_JOBS.c.gave_up_at.is_not(None))
    return connection.execute(query).scalar_one()


_AT_REST: dict[str, Any] = {"lease": None, "leased_until": None, "again_at": None, "again_payload": None}


def _ours(statement: Any, claim: Claim) -> Any:
    return statement.where(_JOBS.c.id == claim.id, _JOBS.c.lease == claim.lease)
