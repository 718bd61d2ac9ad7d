"""Leadership on SQLite: a lease row that a heartbeat renews, with an epoch that each new holder increments.

The holder's name contains machine and process, so a dead process of this machine is replaced at once; in all other
cases the lease expires.
"""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa

from services.chassis.core.clock import monotonic
from services.chassis.core.errors import LeadershipLost
from services.chassis.storage.database import database_now
from services.chassis.storage.sqlite import READ_ONLY
from services.chassis.storage.tables import TABLES

_LEASES = TABLES.leases


class LeaseRow:
    """Leads by a lease row that a heartbeat thread renews; takes over at once from a dead process of this machine."""

    def __init__(self, engine: sa.Engine, name: str, lasting: timedelta, *, beat: timedelta | None = None) -> None:
        """Lead for ``lasting``, renewed at every ``beat``: by default a third of it."""
        self._engine = engine
        self._name = name
        self._lasting = lasting
        self._beat = (beat or lasting / 3).total_seconds()
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4()}"
        self._epoch: int | None = None
        self._until = 0.0
        self._next_try = 0.0
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def hold(self) -> bool:
        """Try to acquire the lease; the heartbeat keeps a held lease, which is lost when not renewed in time."""
        with self._lock:
            if self._epoch is not None:
                if monotonic() < self._until:
                    return True
                self._epoch = None
            if monotonic() < self._next_try:
                return False
            self._next_try = monotonic() + self._beat / 2
            if not self._is_free():
                return False
            self._acquire()
            return self._epoch is not None

    def _is_free(self) -> bool:
        """Return whether the lease can be taken; reads without the write lock, so that followers block no writers."""
        with self._engine.connect().execution_options(**{READ_ONLY: True}) as connection, connection.begin():
            row = connection.execute(sa.select(_LEASES).where(_LEASES.c.name == self._name)).first()
            return row is None or row.expires_at <= database_now(connection) or _is_dead(row.holder)

    def _acquire(self) -> None:
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
        threading.Thread(target=self._renew, args=(epoch, self._ended), name=f"lease {self._name}", daemon=True).start()

    def _renew(self, epoch: int, ended: threading.Event) -> None:
        """Renew the lease until released or lost; retries while the database is away."""
        while not ended.wait(self._beat):
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
        """Open a transaction after checking, under the write lock, that the row still has our epoch."""
        epoch = self._epoch
        with self._engine.begin() as connection:
            if epoch is None or not self._is_ours(connection, epoch):
                raise LeadershipLost("another process leads")
            yield connection

    def release(self) -> None:
        """End the lease at once."""
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
            return  # the lease expires by itself

    def _is_ours(self, connection: sa.Connection, epoch: int) -> bool:
        row = connection.execute(sa.select(_LEASES).where(_LEASES.c.name == self._name)).first()
        return row is not None and row.epoch == epoch and row.holder == self._holder

    def _set_end(self, connection: sa.Connection, end: datetime) -> None:
        connection.execute(_LEASES.update().where(_LEASES.c.name == self._name).values(expires_at=end))


def _is_dead(holder: str) -> bool:
    """Return whether the holder was a process of this machine that no longer exists."""
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
