"""The unit of work: state, events, jobs and audit rows of a change are written in one transaction or not at all.

    class Store(StoreBase):
        def parcel(self, id: str) -> Parcel: ...

    uow = UnitOfWork(engine, Store, source="/shop")
    with uow.begin() as store:
        parcel = store.parcel("p1")
        store.publish(ParcelSent(parcel_id="p1"))

``begin`` inside ``begin`` joins the transaction that is open in this thread (behind a savepoint); so an inbox row or an
idempotency row shares the transaction of the use case that it guards. ``begin(whole=True)`` does without savepoints.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from services.chassis.core.backoff import Backoff
from services.chassis.core.errors import Contention
from services.chassis.messages.event import Event
from services.chassis.storage.audit import AuditEntry, append_audit
from services.chassis.storage.database import database_now, is_sqlite, transient_of
from services.chassis.storage.ended_sessions import end_sessions
from services.chassis.storage.job_queue import JobRequest, merge_requests, put_jobs
from services.chassis.storage.outbox import Outgoing, outgoing, store_outgoing
from services.chassis.storage.row_cache import RowCache
from services.chassis.storage.sqlite import READ_ONLY

S = TypeVar("S")
T = TypeVar("T")


class Transaction:
    """An open database transaction. ``now`` is the database's time in UTC, read once at its start.

    Events, jobs and audit rows are collected and written just before the commit, always in the same order, so that
    contended rows (a job's row, the head of the audit) are locked late and without deadlock. Rows that stores hold in
    memory (``held``) are written before them.
    """

    def __init__(
        self,
        connection: sa.Connection,
        *,
        now: datetime,
        source: str,
        read_only: bool = False,
        audit_key: bytes = b"",
        whole: bool = False,
    ) -> None:
        self.connection = connection
        self.now = now
        self.read_only = read_only
        self.whole = whole
        self.spoiled = False
        self._source = source
        self.audit_key = audit_key
        self._events: list[Outgoing] = []
        self._jobs: list[JobRequest] = []
        self._held: list[RowCache[Any]] = []
        self._audits: list[AuditEntry] = []

    def publish(self, *events: Event) -> None:
        """Add events to the outbox, in this order; they are sent to the broker after the commit."""
        self._check_writable()
        self._events.extend(outgoing(event, source=self._source, now=self.now) for event in events)

    def enqueue(
        self, kind: str, key: str, *, due_at: datetime | None = None, payload: Mapping[str, Any] | None = None
    ) -> None:
        """Request a job, one per (kind, key); due now by default.

        If that job waits already, it keeps the earlier due time and takes the newer payload. If it is running, it runs
        again afterwards.
        """
        self._check_writable()
        self._jobs.append(JobRequest(kind, key, due_at or self.now, payload))

    def hold(self, held: RowCache[Any]) -> None:
        """Write the changed rows of ``held`` before the commit, in the order of these calls."""
        self._held.append(held)

    def audit(
        self,
        action: str,
        subject: str,
        *,
        by: str,
        reason: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Append a row to the audit chain: ids, codes and figures only, nothing personal."""
        self._check_writable()
        self._audits.append(AuditEntry(action, subject, by, reason, detail))

    def end_sessions(self, *sessions: str) -> None:
        """Refuse the access tokens of these sessions from now on."""
        self._check_writable()
        end_sessions(self.connection, sessions, self.now)

    def _check_writable(self) -> None:
        if self.read_only:
            raise RuntimeError("this transaction was begun read_only")

    def mark(self) -> tuple[int, int, int]:
        """Return the number of collected items, for ``back_to``; writes held rows first, before the savepoint."""
        self.write_cached()
        return len(self._events), len(self._jobs), len(self._audits)

    def back_to(self, mark: tuple[int, int, int]) -> None:
        """Drop the items collected since ``mark``, and all held rows, which the rolled-back part may have changed."""
        del self._events[mark[0] :], self._jobs[mark[1] :], self._audits[mark[2] :]
        for held in self._held:
            held.forget()

    def write_cached(self) -> None:
        """Write the changed rows held in memory, for queries that must see them."""
        for held in self._held:
            held.write()

    def write(self) -> None:
        """Write the collected items. Called by the unit of work just before the commit."""
        if self.spoiled:
            raise RuntimeError("a part of a whole transaction went wrong, so the rest of it cannot be kept")
        self.write_cached()
        store_outgoing(self.connection, self._events, self.now)
        put_jobs(self.connection, merge_requests(self._jobs), self.now)
        append_audit(self.connection, self._audits, self.now, key=self.audit_key)
        self.back_to((0, 0, 0))


class StoreBase:
    """The base of every service's store: events, jobs and audit beside its own queries."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    @property
    def connection(self) -> sa.Connection:
        """Return the open connection, for the store's own queries."""
        return self._tx.connection

    @property
    def now(self) -> datetime:
        """Return the database time of this transaction in UTC, which decides deadlines."""
        return self._tx.now

    def publish(self, *events: Event) -> None:
        """See ``Transaction.publish``."""
        self._tx.publish(*events)

    def enqueue(
        self, kind: str, key: str, *, due_at: datetime | None = None, payload: Mapping[str, Any] | None = None
    ) -> None:
        """See ``Transaction.enqueue``."""
        self._tx.enqueue(kind, key, due_at=due_at, payload=payload)

    def audit(
        self,
        action: str,
        subject: str,
        *,
        by: str,
        reason: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """See ``Transaction.audit``."""
        self._tx.audit(action, subject, by=by, reason=reason, detail=detail)

    def end_sessions(self, *sessions: str) -> None:
        """See ``Transaction.end_sessions``."""
        self._tx.end_sessions(*sessions)


class UnitOfWork(Generic[S]):
    """Opens transactions with the service's store. Shared by all threads; each thread has its own transaction.

    ``source`` is the CloudEvents source of the events ("/shop"). ``read_now`` is the database's clock, which tests may
    replace. ``audit_key`` turns the audit's hashes into HMACs.
    """

    def __init__(
        self,
        engine: sa.Engine,
        open_store: Callable[[Transaction], S],
        *,
        source: str,
        read_now: Callable[[sa.Connection], datetime] = database_now,
        audit_key: bytes = b"",
    ) -> None:
        self.engine = engine
        self._open_store = open_store
        self._source = source
        self._read_now = read_now
        self.audit_key = audit_key
        self._local = threading.local()

    @contextmanager
    def begin(self, *, read_only: bool = False, whole: bool = False) -> Iterator[S]:
        """Open a transaction, or join the one that is open in this thread.

        The outermost block commits at its end and rolls back on any exception. An inner block that ends in an exception
        is rolled back alone; the outer block decides about the rest. ``read_only`` is cheap, sees one snapshot and
        refuses writes. ``whole``, on the outermost block, omits the savepoints of the inner blocks: when an inner block
        ends in an exception nothing can be committed any more, even if the exception is caught.
        Raises Contention (rolled back, repeat it) or Unavailable (perhaps committed).
        """
        opened: tuple[Transaction, S] | None = getattr(self._local, "opened", None)
        if opened is not None:
            with self._joined(*opened, read_only=read_only) as store:
                yield store
            return
        try:
            with self._connect(read_only) as connection, connection.begin():
                tx = Transaction(
                    connection,
                    now=self._read_now(connection),
                    source=self._source,
                    read_only=read_only,
                    audit_key=self.audit_key,
                    whole=whole,
                )
                store = self._open_store(tx)
                self._local.opened = (tx, store)
                try:
                    yield store
                    tx.write()
                finally:
                    self._local.opened = None
        except Exception as error:
            transient = transient_of(error)
            if transient is None or transient is error:
                raise
            raise transient from error

    def transaction(self) -> Transaction:
        """Return the transaction that is open in this thread; raises RuntimeError if there is none."""
        opened: tuple[Transaction, S] | None = getattr(self._local, "opened", None)
        if opened is None:
            raise RuntimeError("no transaction is open here: use `with uow.begin()`")
        return opened[0]

    def run(self, change: Callable[[S], T], *, attempts: int = 5) -> T:
        """Return the result of ``change`` in a transaction, repeated after a Contention, at most ``attempts`` times.

        Only for changes without effects outside the database. Inside an open transaction it runs once, since only the
        whole transaction can be repeated.
        """
        if getattr(self._local, "opened", None) is not None:
            attempts = 1
        backoff = Backoff(first=0.02, longest=1.0)
        while True:
            try:
                with self.begin() as store:
                    return change(store)
            except Contention:
                attempts -= 1
                if attempts <= 0:
                    raise
                time.sleep(backoff.next())

    def _connect(self, read_only: bool) -> sa.Connection:
        if not read_only:
            return self.engine.connect()
        if is_sqlite(self.engine):
            return self.engine.connect().execution_options(**{READ_ONLY: True})
        return self.engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def _joined(self, tx: Transaction, store: S, *, read_only: bool) -> Iterator[S]:
        if tx.read_only and not read_only:
            raise RuntimeError("a transaction begun read_only cannot become one that writes")
        if tx.whole:
            try:
                yield store
            except BaseException:
                tx.spoiled = True
                raise
            return
        mark = tx.mark()
        try:
            with tx.connection.begin_nested():
                yield store
        except BaseException:
            tx.back_to(mark)
            raise
