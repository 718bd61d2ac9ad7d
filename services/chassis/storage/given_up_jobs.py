"""Jobs that were given up after their last attempt, for operators: list them, start them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from services.chassis.storage.tables import TABLES

_JOBS = TABLES.jobs


@dataclass(frozen=True, slots=True)
class GivenUpJob:
    """A job that no worker tries any more; ``error`` is the class of the last error."""

    id: int
    kind: str
    key: str
    attempts: int
    error: str
    given_up_at: datetime


def list_given_up(connection: sa.Connection) -> Sequence[GivenUpJob]:
    """Return the jobs that were given up, the oldest first."""
    query = sa.select(_JOBS).where(_JOBS.c.gave_up_at.is_not(None)).order_by(_JOBS.c.gave_up_at, _JOBS.c.id)
    return [
        GivenUpJob(row.id, row.kind, row.key, row.attempts, row.last_error or "", row.gave_up_at)
        for row in connection.execute(query)
    ]


def retry_given_up(connection: sa.Connection, job: GivenUpJob, now: datetime) -> bool:
    """Make a job due now, with all its attempts; return False when it is not given up any more."""
    update = _JOBS.update().where(_JOBS.c.id == job.id, _JOBS.c.gave_up_at.is_not(None))
    return connection.execute(update.values(gave_up_at=None, attempts=0, due_at=now)).rowcount == 1
