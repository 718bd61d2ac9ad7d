"""Cheap detection of commits since the last check.

Fifteen idle processes on two cores must cost almost nothing. On SQLite ``PRAGMA data_version`` reads no page
(sqlite.org/pragma.html#pragma_data_version): it changes when another connection commits, so the watch keeps its own
connection. PostgreSQL has no such number, and the indexed query itself is cheap: there the answer is always yes.
"""

from __future__ import annotations

import sqlalchemy as sa

from services.chassis.core.clock import monotonic
from services.chassis.storage.database import is_sqlite


class ChangeWatch:
    """Reports changes: on the first check, after commits of others, and at least every ``anyway`` seconds."""

    def __init__(self, engine: sa.Engine, *, anyway: float = 5.0) -> None:
        self._engine = engine
        self._anyway = anyway
        self._connection: sa.PoolProxiedConnection | None = None
        self._seen: int | None = None
        self._reported_at = 0.0

    def changed(self) -> bool:
        """Return whether to query again. Call it before the query, so that a commit in between shows the next time."""
        if not is_sqlite(self._engine):
            return True
        version = self._version()
        if version == self._seen and monotonic() - self._reported_at < self._anyway:
            return False
        self._seen, self._reported_at = version, monotonic()
        return True

    def close(self) -> None:
        """Return the connection to the pool."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _version(self) -> int:
        if self._connection is None:
            self._connection = self._engine.raw_connection()
        cursor = self._connection.cursor()
        try:
            cursor.execute("PRAGMA data_version")
            (version,) = cursor.fetchall()[0]
            return int(version)
        finally:
            cursor.close()
