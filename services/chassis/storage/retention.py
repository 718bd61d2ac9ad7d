"""How long the chassis' rows are kept. Pure bookkeeping, done once an hour by whoever leads the relay."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from services.chassis.storage.outbox import forget_published
from services.chassis.storage.tables import TABLES

INBOX = timedelta(days=30)
"""Far longer than any topic keeps a record, so that nothing which can still come again is forgotten."""

ANSWERS = timedelta(days=2)
"""How long an idempotency key is honoured."""


def forget_old(connection: sa.Connection, now: datetime, *, published: timedelta) -> None:
    """Delete published events, handled event ids and stored answers past their time, in the caller's transaction."""
    forget_published(connection, now, published)
    connection.execute(TABLES.inbox.delete().where(TABLES.inbox.c.handled_at < now - INBOX))
    connection.execute(TABLES.idempotency.delete().where(TABLES.idempotency.c.created_at < now - ANSWERS))
