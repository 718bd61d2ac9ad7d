"""Leadership on PostgreSQL: an advisory lock, held by a connection of its own.

When the process or the connection dies, the lock goes with it, so another can lead at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from services.chassis.core.clock import monotonic
from services.chassis.core.errors import LeadershipLost


class AdvisoryLock:
    """Leads by a PostgreSQL advisory lock; writes through the very connection that holds it, which is the fence."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine = engine
        self._number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        self._connection: sa.Connection | None = None
        self._checked = 0.0

    def hold(self) -> bool:
        """Try to get or keep the lock; a held one is asked after once a second."""
        if self._connection is not None:
            if monotonic() - self._checked < 1.0:
                return True
            try:
                with self._connection.begin():
                    self._connection.execute(sa.text("SELECT 1"))
            except sa.exc.DBAPIError:
                self._drop()
                raise
            self._checked = monotonic()
            return True
        return self._try()

    def _try(self) -> bool:
        connection = self._engine.connect()
        try:
            with connection.begin():
                # a leader whose machine vanished must not hold the lock for the two hours that TCP would wait
                connection.execute(sa.text("SET tcp_keepalives_idle = 5"))
                connection.execute(sa.text("SET tcp_keepalives_interval = 2"))
                connection.execute(sa.text("SET tcp_keepalives_count = 3"))
                ours = connection.scalar(sa.text("SELECT pg_try_advisory_lock(:number)"), {"number": self._number})
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        if not ours:
            connection.close()
            return False
        self._connection, self._checked = connection, monotonic()
        return True

    @contextmanager
    def fenced(self) -> Iterator[sa.Connection]:
        """Open a transaction on the connection that holds the lock."""
        if self._connection is None:
            raise LeadershipLost("the lead is not ours")
        try:
            with self._connection.begin():
                yield self._connection
        except sa.exc.DBAPIError:
            self._drop()
            raise

    def release(self) -> None:
        """Unlock and give the connection back."""
        if self._connection is None:
            return
        try:
            with self._connection.begin():
                self._connection.execute(sa.text("SELECT pg_advisory_unlock(:number)"), {"number": self._number})
            self._connection.close()
            self._connection = None
        except sa.exc.DBAPIError:
            self._drop()

    def _drop(self) -> None:
        """Close for good: a connection of unknown state must never go back to the pool holding a lock."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
