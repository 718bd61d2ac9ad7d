"""PostgreSQL engines with a limit on every wait, also when the server is frozen or the network drops packets.

A live server ends long waits itself (``statement_timeout`` and ``lock_timeout``). A frozen server does not: its kernel
still acknowledges packets, so neither keep-alives nor ``tcp_user_timeout`` notice, and libpq waits for ever. Therefore
every wait for an answer has a limit on our side too, a little later than the server's. A request that reaches it loses
its connection, and a circuit breaker refuses the others at once until a probe succeeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from psycopg.abc import PQGen
from sqlalchemy import event as sa_event

from services.chassis.core.circuit_breaker import Breaker
from services.chassis.core.errors import Unavailable

RV = TypeVar("RV")
_CONNECT_SECONDS = 5
_KEEP_ALIVE = {  # seconds, the last in milliseconds: a network that drops packets is noticed after about ten seconds
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits in seconds for a lock, for a statement and (on our side) for any answer.

    ``breaker``: after a wait that ended on our side, refuse other requests at once. Not for loops that retry by
    themselves: they would notice one turn later that the server is back.
    """

    lock: float = 10
    statement: float = 60
    answer: float = 65
    breaker: bool = False


BACKGROUND = Timeouts()
"""For background work."""

WEB = Timeouts(lock=5, statement=10, answer=12, breaker=True)
"""For requests, where a person waits for the answer."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection with bounded waits: without an answer in time it is closed, and OperationalError is raised."""

    answer_seconds: float = BACKGROUND.answer

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait as psycopg does, for ``answer_seconds`` at most."""
        try:
            return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            if timeout is not None:
                raise  # a wait of psycopg itself, which handles the time-out
            self.pgconn.finish()  # the state of the connection is unknown now
            raise NoAnswer("the database did not answer in time") from None


class NoAnswer(psycopg.OperationalError):
    """The server did not answer in time."""


def open_postgres(url: sa.URL, *, pool_size: int, max_overflow: int, timeouts: Timeouts = BACKGROUND) -> sa.Engine:
    """Return an engine with bounded waits; it connects when first used."""
    breaker = Breaker("database", lambda: _probe(engine)) if timeouts.breaker else None
    engine = sa.create_engine(
        url,
        poolclass=sa.pool.QueuePool if breaker is None else _guarded_by(breaker),
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_pre_ping=True,
        pool_timeout=10,
        pool_recycle=1800,
        connect_args={"connect_timeout": _CONNECT_SECONDS, "options": _options(timeouts), **_KEEP_ALIVE},
    )

    @sa_event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, args: Any, params: Any) -> psycopg.Connection[Any]:
        if breaker is not None and breaker.is_open():  # do not reconnect while the breaker is open
            raise psycopg.OperationalError("the database did not answer a moment ago")
        try:
            return _connect(args, params, timeouts)
        except psycopg.errors.ConnectionTimeout as fault:
            raise NoAnswer("the database did not answer in time") from fault

    @sa_event.listens_for(engine, "handle_error")
    def trip_breaker(context: sa.engine.ExceptionContext) -> None:
        if breaker is not None and isinstance(context.original_exception, NoAnswer):
            breaker.trip()

    return engine


def _guarded_by(breaker: Breaker) -> type[sa.pool.QueuePool]:
    """Return a pool class that gives out no connection while ``breaker`` is open."""

    class GuardedPool(sa.pool.QueuePool):
        """A pool that refuses at once while the breaker is open."""

        def connect(self) -> sa.pool.PoolProxiedConnection:
            if breaker.is_open():
                raise Unavailable("the database did not answer a moment ago")
            return super().connect()

    return GuardedPool


def _connect(args: Any, params: Mapping[str, Any], timeouts: Timeouts) -> BoundedConnection:
    connection = BoundedConnection.connect(*args, **params)
    connection.answer_seconds = timeouts.answer
    return connection


def _options(timeouts: Timeouts) -> str:
    limits = {"lock_timeout": timeouts.lock, "statement_timeout": timeouts.statement}
    settings = {name: f"{seconds:g}s" for name, seconds in limits.items()}
    settings |= {"timezone": "UTC", "idle_in_transaction_session_timeout": "60s"}
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _probe(engine: sa.Engine) -> None:
    """Run a query on a new connection, outside the pool."""
    args, params = engine.dialect.create_connect_args(engine.url)
    with psycopg.connect(*args, **params, connect_timeout=_CONNECT_SECONDS) as connection:
        connection.execute("SELECT 1")
