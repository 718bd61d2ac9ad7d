"""Asks a database, very cheaply, whether anything was committed since the last look.

Fifteen idle processes on two cores must cost next to nothing. On SQLite `PRAGMA data_version` answers without reading a
page (sqlite.org/pragma.html#pragma_data_version): it changes when another connection commits, so the watch keeps a
connection of its own. On PostgreSQL there is no such number, and the indexed query itself is cheap: always yes.
"""

from __future__ import annotations

import sqlalchemy as sa

from services.chassis.core.clock import monotonic
from services.chassis.storage.database import is_sqlite


class ChangeWatch:
    """One reader's view; says yes at first, after every commit of others, and every `anyway` seconds regardless."""

    def __init__(self, engine: sa.Engine, *, anyway: float = 5.0) -> None:
        self._engine = engine
        self._anyway = anyway
        self._connection: sa.PoolProxiedConnection | None = None
        self._seen: int | None = None
        self._looked = 0.0

    def changed(self) -> bool:
        """Tell whether to look again. Ask before querying, so that a commit in between shows the next time."""
        if not is_sqlite(self._engine):
            return True
        version = self._version()
        if version == self._seen and monotonic() - self._looked < self._anyway:
            return False
        self._seen, self._looked = version, monotonic()
        return True

    def close(self) -> None:
        """Give the connection back."""
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
