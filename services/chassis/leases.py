"""One leader for each thing that must happen once at a time: the relay of a service, its scheduler.

PostgreSQL: an advisory lock, held by a connection of its own; when the process or the connection dies, the lock goes
with it. SQLite: a lease row that a heartbeat renews, with an epoch that grows at every change of holder. What a leader
writes, it writes inside `fenced`: a leader that was asleep while another took over is refused there.
"""

from __future__ import annotations

import hashlib
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from services.chassis.clock import monotonic
from services.chassis.database import READ_ONLY, database_now, is_sqlite
from services.chassis.errors import Contention
from services.chassis.tables import TABLES

_LEASES = TABLES.leases


class LeadershipLost(Contention):
    """Another process leads now; what was to be written was not."""


class Leadership(Protocol):
    """The right to be the only one who does something."""

    def hold(self) -> bool:
        """Try to get or keep the lead; True while it is ours. Cheap to ask often. Raises database errors."""
        ...

    @contextmanager
    def fenced(self) -> Iterator[sa.Connection]:
        """Open a write transaction that is refused (LeadershipLost) when the lead is not ours any more."""
        ...

    def release(self) -> None:
        """Let others lead at once. Never raises for a database that is away."""
        ...


def leadership(engine: sa.Engine, name: str, *, lasting: timedelta = timedelta(seconds=6)) -> Leadership:
    """Return the way to lead `name` in this database; `lasting` is how long a lost SQLite leader keeps others out."""
    return LeaseRow(engine, name, lasting) if is_sqlite(engine) else AdvisoryLock(engine, name)


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


class LeaseRow:
    """Leads by a row with an end that a heartbeat thread pushes on; takes over from a dead process of this machine."""

    def __init__(self, engine: sa.Engine, name: str, lasting: timedelta) -> None:
        self._engine = engine
        self._name = name
        self._lasting = lasting
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4()}"
        self._epoch: int | None = None
        self._until = 0.0
        self._next_try = 0.0
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def hold(self) -> bool:
        """Try to get the lease; a held one is kept by the heartbeat, and lost when that could not renew in time."""
        with self._lock:
            if self._epoch is not None:
                if monotonic() < self._until:
                    return True
                self._epoch = None
            if monotonic() < self._next_try:
                return False
            self._next_try = monotonic() + self._lasting.total_seconds() / 6
            if not self._free():
                return False
            self._take()
            return self._epoch is not None

    def _free(self) -> bool:
        """Look without the write lock, so that followers do not hinder anybody."""
        with self._engine.connect().execution_options(**{READ_ONLY: True}) as connection, connection.begin():
            row = connection.execute(sa.select(_LEASES).where(_LEASES.c.name == self._name)).first()
            return row is None or row.expires_at <= database_now(connection) or _is_dead(row.holder)

    def _take(self) -> None:
        asked = monotonic()
        with self._engine.begin() as connection:
            now = database_now(connection)
            row = connection.execute(sa.select(_LEASES).where(_LEASES.c.name == self._name)).first()
            epoch = 1 if row is None else row.epoch + 1
            values = {"holder": self._holder, "epoch": epoch, "expires_at": now + self._lasting}
            if row is None:
                connection.execute(_LEASES.insert().values(name=self._name, **values))
            elif row.expires_at <= now or _is_dead(row.holder):
                connection.execute(_LEASES.update().where(_LEASES.c.name == self._name).values(**values))
            else:
                return
        self._epoch, self._until = epoch, asked + self._lasting.total_seconds()
        self._ended = threading.Event()
        threading.Thread(target=self._keep, args=(epoch, self._ended), name=f"lease {self._name}", daemon=True).start()

    def _keep(self, epoch: int, ended: threading.Event) -> None:
        """Renew until released or lost; a database that is away for a moment is asked again."""
        while not ended.wait(self._lasting.total_seconds() / 3):
            asked = monotonic()
            try:
                with self._engine.begin() as connection:
                    if not self._is_ours(connection, epoch):
                        break
                    self._set_end(connection, database_now(connection) + self._lasting)
            except sa.exc.SQLAlchemyError:
                continue
            with self._lock:
                if self._epoch != epoch:
                    return
                self._until = asked + self._lasting.total_seconds()
        with self._lock:
            if self._epoch == epoch:
                self._epoch = None

    @contextmanager
    def fenced(self) -> Iterator[sa.Connection]:
        """Open a transaction after checking, under the write lock, that the row still bears our epoch."""
        epoch = self._epoch
        with self._engine.begin() as connection:
            if epoch is None or not self._is_ours(connection, epoch):
                raise LeadershipLost("another process leads")
            yield connection

    def release(self) -> None:
        """End the lease now."""
        with self._lock:
            epoch, self._epoch = self._epoch, None
            self._ended.set()
        if epoch is None:
            return
        try:
            with self._engine.begin() as connection:
                if self._is_ours(connection, epoch):
                    self._set_end(connection, database_now(connection))
        except sa.exc.SQLAlchemyError:
            return  # it runs out by itself

    def _is_ours(self, connection: sa.Connection, epoch: int) -> bool:
        row = connection.execute(sa.select(_LEASES).where(_LEASES.c.name == self._name)).first()
        return row is not None and row.epoch == epoch and row.holder == self._holder

    def _set_end(self, connection: sa.Connection, end: datetime) -> None:
        connection.execute(_LEASES.update().where(_LEASES.c.name == self._name).values(expires_at=end))


def _is_dead(holder: str) -> bool:
    """Tell whether a holder was a process of this very machine that is not there any more."""
    host, pid, _ = holder.split(":", 2)
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
