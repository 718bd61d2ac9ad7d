"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


class UtcMoment(sa.types.TypeDecorator[datetime]):
    """A moment in UTC, aware on both sides; a naive one is refused instead of guessed. Sorts rightly on SQLite too."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Turn to UTC; SQLite keeps text without a zone, so the zone is dropped there after the turn."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must carry its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give the zone back."""
        del dialect  # what comes back says itself whether it has a zone
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def json_column() -> sa.types.TypeEngine[Any]:
    """Return the type for a JSON value: JSONB on PostgreSQL, text on SQLite; None is SQL NULL."""
    return sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def serial_column() -> sa.types.TypeEngine[int]:
    """Return the type for a number that the database counts up: 64 bits on both (SQLite wants the word INTEGER)."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
