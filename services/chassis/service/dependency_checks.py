"""The health checks of what a service depends on: database, broker, Redis."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import sqlalchemy as sa

from services.chassis.broker.protocol import Broker
from services.chassis.service.health import Check


def dependency_checks(engine: sa.Engine, broker: Broker, redis_url: str) -> list[Check]:
    """Return the checks; only the database is needed to be ready. An empty ``redis_url`` means no Redis."""
    checks = [
        Check("database", partial(_ping_database, engine), needed=True),
        Check("broker", broker.ping, needed=False),
    ]
    if redis_url:
        checks.append(Check("redis", _redis_check(redis_url), needed=False))
    return checks


def _ping_database(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))


def _redis_check(url: str) -> Callable[[], None]:
    # Imported here, before any thread asks for health: an import in one thread shows others a half-filled module.
    from redis import Redis

    def ping() -> None:
        with Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5) as connection:
            connection.ping()

    return ping
