"""The way to PostgreSQL, with an end to every wait: also where the server is frozen or the network swallows packets.

A living server ends what takes too long by itself (`statement_timeout` and `lock_timeout`). One that is frozen does
not: its kernel goes on acknowledging, so neither keep-alives nor `tcp_user_timeout` notice, and libpq waits for ever.
Therefore every wait for an answer has an end on our side too, a little later than the server's own. A request that
meets it loses its connection, and a breaker answers the others at once until a probe gets through.
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
_GONE_AFTER = {  # seconds, and milliseconds for the last: a network that swallows packets is noticed after some ten
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a lock, a statement and (on our side) any answer may take, in seconds.

    `breaker`: after a wait that ended on our side, others are refused at once. Not for loops that wait and try again
    by themselves: they would only learn one turn later that the server is back.
    """

    lock: float = 10
    statement: float = 60
    answer: float = 65
    breaker: bool = False


BACKGROUND = Patience()
"""For work that nobody waits for."""

WEB = Patience(lock=5, statement=10, answer=12, breaker=True)
"""For requests: somebody waits for the answer."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection whose waits end: without an answer in time it is closed, and OperationalError is raised."""

    answer_seconds: float = BACKGROUND.answer

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait as psycopg does, for `answer_seconds` at most."""
        try:
            return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            if timeout is not None:
                raise  # psycopg's own wait, which it handles
            self.pgconn.finish()  # what is under way is not known any more
            raise NoAnswer("the database did not answer in time") from None


class NoAnswer(psycopg.OperationalError):
    """The server took the question and said nothing."""


def open_postgres(url: sa.URL, *, pool_size: int, max_overflow: int, patience: Patience = BACKGROUND) -> sa.Engine:
    """Return an engine whose waits all end; connects when first used."""
    breaker = Breaker("database", lambda: _probe(engine)) if patience.breaker else None
    engine = sa.create_engine(
        url,
        poolclass=sa.pool.QueuePool if breaker is None else _guarded_by(breaker),
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_pre_ping=True,
        pool_timeout=10,
        pool_recycle=1800,
        connect_args={"connect_timeout": _CONNECT_SECONDS, "options": _options(patience), **_GONE_AFTER},
    )

    @sa_event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, args: Any, params: Any) -> psycopg.Connection[Any]:
        if breaker is not None and breaker.is_open():  # a connection was lost, and here a new one would be made
            raise psycopg.OperationalError("the database did not answer a moment ago")
        try:
            return _connect(args, params, patience)
        except psycopg.errors.ConnectionTimeout as fault:
            raise NoAnswer("the database did not answer in time") from fault

    @sa_event.listens_for(engine, "handle_error")
    def notice(context: sa.engine.ExceptionContext) -> None:
        if breaker is not None and isinstance(context.original_exception, NoAnswer):
            breaker.trip()

    return engine


def _guarded_by(breaker: Breaker) -> type[sa.pool.QueuePool]:
    """Return a kind of pool that lends no connection while `breaker` is open."""

    class GuardedPool(sa.pool.QueuePool):
        """Refuses at once what would only wait."""

        def connect(self) -> sa.pool.PoolProxiedConnection:
            if breaker.is_open():
                raise Unavailable("the database did not answer a moment ago")
            return super().connect()

    return GuardedPool


def _connect(args: Any, params: Mapping[str, Any], patience: Patience) -> BoundedConnection:
    connection = BoundedConnection.connect(*args, **params)
    connection.answer_seconds = patience.answer
    return connection


def _options(patience: Patience) -> str:
    limits = {"lock_timeout": patience.lock, "statement_timeout": patience.statement}
    settings = {name: f"{seconds:g}s" for name, seconds in limits.items()}
    settings |= {"timezone": "UTC", "idle_in_transaction_session_timeout": "60s"}
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _probe(engine: sa.Engine) -> None:
    """Ask on a connection of its own, which is closed again."""
    args, params = engine.dialect.create_connect_args(engine.url)
    with psycopg.connect(*args, **params, connect_timeout=_CONNECT_SECONDS) as connection:
        connection.execute("SELECT 1")
