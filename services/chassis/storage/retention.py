"""Retention of the chassis' rows; the leader of the relay applies it once an hour."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from services.chassis.storage.ended_sessions import forget_ended
from services.chassis.storage.outbox import forget_published
from services.chassis.storage.tables import TABLES

INBOX = timedelta(days=30)
"""Far longer than the retention of any topic, so that no event is forgotten that may be delivered again."""

ANSWERS = timedelta(days=2)
"""How long an idempotency key is honoured."""


def forget_old(connection: sa.Connection, now: datetime, *, published: timedelta) -> None:
    """Delete expired published events, inbox marks, idempotent answers and ended sessions, in this transaction."""
    forget_published(connection, now, published)
    connection.execute(TABLES.inbox.delete().where(TABLES.inbox.c.handled_at < now - INBOX))
    connection.execute(TABLES.idempotency.delete().where(TABLES.idempotency.c.created_at < now - ANSWERS))
    forget_ended(connection, now)
