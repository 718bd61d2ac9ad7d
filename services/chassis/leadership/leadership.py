"""Leader election, for the relay and the scheduler of a service.

A leader writes only inside ``fenced``, which refuses a leader that was suspended while another process took over.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Protocol

import sqlalchemy as sa

from services.chassis.leadership.advisory_lock import AdvisoryLock
from services.chassis.leadership.lease_row import LeaseRow
from services.chassis.storage.database import is_sqlite


class Leadership(Protocol):
    """The right to be the only process that does some work."""

    def hold(self) -> bool:
        """Try to acquire or keep the lead; return whether we lead. Cheap to call often. Raises database errors."""
        ...

    def fenced(self) -> AbstractContextManager[sa.Connection]:
        """Open a write transaction; raises LeadershipLost if we no longer lead."""
        ...

    def release(self) -> None:
        """Give up the lead at once. Never raises when the database is away."""
        ...


def leadership(engine: sa.Engine, name: str, *, lasting: timedelta = timedelta(seconds=6)) -> Leadership:
    """Return the leadership of ``name`` in this database; ``lasting`` is the duration of a lease on SQLite."""
    return LeaseRow(engine, name, lasting) if is_sqlite(engine) else AdvisoryLock(engine, name)
