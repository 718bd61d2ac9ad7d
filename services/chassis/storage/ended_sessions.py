"""Ended sessions: their access tokens must no longer be accepted although they have not expired.

Rows are kept longer than any access token lives.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from services.chassis.storage.database import insert_new
from services.chassis.storage.tables import TABLES

KEPT_FOR = timedelta(days=1)
"""Far longer than the life of an access token, so that clocks that differ reopen nothing."""

_ENDED = TABLES.ended_sessions
_ONE = sa.select(_ENDED.c.session_id).where(_ENDED.c.session_id == sa.bindparam("session"))


class Opens(Protocol):
    """The part of a unit of work that reads ended sessions."""

    def begin(self, *, read_only: bool = False) -> AbstractContextManager[Any]:
        """Open a transaction."""
        ...

    def transaction(self) -> Any:
        """Return the open transaction of this thread."""
        ...


class EndedSessions:
    """Says for each request whether its session has ended, from the service's own database."""

    def __init__(self, uow: Opens) -> None:
        self._uow = uow

    def has_ended(self, session: str) -> bool:
        """Return whether this session has ended. Raises Unavailable when the database does not answer."""
        with self._uow.begin(read_only=True):
            connection: sa.Connection = self._uow.transaction().connection
            return connection.execute(_ONE, {"session": session}).first() is not None


def end_sessions(connection: sa.Connection, sessions: Sequence[str], now: datetime) -> None:
    """Store that sessions have ended; one that had ended already stays as it is."""
    insert_new(connection, _ENDED, [{"session_id": session, "ended_at": now} for session in sessions])


def forget_ended(connection: sa.Connection, now: datetime) -> None:
    """Delete rows whose tokens have all expired long ago."""
    connection.execute(_ENDED.delete().where(_ENDED.c.ended_at < now - KEPT_FOR))
