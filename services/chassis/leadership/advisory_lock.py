"""Leadership on PostgreSQL: an advisory lock, held by a separate connection.

When the process or the connection dies, the server releases the lock, so another process can lead at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from services.chassis.core.clock import monotonic
from services.chassis.core.errors import LeadershipLost


class AdvisoryLock:
    """Leads by a PostgreSQL advisory lock; the fence is to write through the connection that holds the lock."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine = engine
        self._number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        self._connection: sa.Connection | None = None
        self._checked = 0.0

    def hold(self) -> bool:
        """Try to acquire or keep the lock; the connection of a held lock is checked once a second."""
        if self._connection is not None:
            if monotonic() - self._checked < 1.0:
                return True
            try:
                with self._connection.begin():
                    self._connection.execute(sa.text("SELECT 1"))
            except sa.exc.DBAPIError:
                self._discard_connection()
                raise
            self._checked = monotonic()
            return True
        return self._acquire()

    def _acquire(self) -> bool:
        connection = self._engine.connect()
        try:
            with connection.begin():
                # without keep-alives a leader whose machine is gone would keep the lock for two hours (TCP's default)
                connection.execute(sa.text("SET tcp_keepalives_idle = 5"))
                connection.execute(sa.text("SET tcp_keepalives_interval = 2"))
                connection.execute(sa.text("SET tcp_keepalives_count = 3"))
                acquired = connection.scalar(sa.text("SELECT pg_try_advisory_lock(:number)"), {"number": self._number})
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        if not acquired:
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
            self._discard_connection()
            raise

    def release(self) -> None:
        """Unlock and return the connection to the pool."""
        if self._connection is None:
            return
        try:
            with self._connection.begin():
                self._connection.execute(sa.text("SELECT pg_advisory_unlock(:number)"), {"number": self._number})
            self._connection.close()
            self._connection = None
        except sa.exc.DBAPIError:
            self._discard_connection()

    def _discard_connection(self) -> None:
        """Close the connection for good: in an unknown state it must not return to the pool with a lock."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
