"""One leader for each thing that must happen once at a time: the relay of a service, its scheduler.

What a leader writes, it writes inside `fenced`: one that was asleep while another took over is refused there.
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
    """The right to be the only one who does something."""

    def hold(self) -> bool:
        """Try to get or keep the lead; True while it is ours. Cheap to ask often. Raises database errors."""
        ...

    def fenced(self) -> AbstractContextManager[sa.Connection]:
        """Open a write transaction that is refused (LeadershipLost) when the lead is not ours any more."""
        ...

    def release(self) -> None:
        """Let others lead at once. Never raises for a database that is away."""
        ...


def leadership(engine: sa.Engine, name: str, *, lasting: timedelta = timedelta(seconds=6)) -> Leadership:
    """Return the way to lead `name` in this database; `lasting` is how long a lost SQLite leader keeps others out."""
    return LeaseRow(engine, name, lasting) if is_sqlite(engine) else AdvisoryLock(engine, name)
