"""Column types with the same behaviour on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


class UtcMoment(sa.types.TypeDecorator[datetime]):
    """An aware datetime in UTC; naive datetimes raise ValueError. Sorts correctly on SQLite too."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Convert to UTC; SQLite stores text without a time zone, so there the zone is dropped after the conversion."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must carry its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Restore the time zone."""
        del dialect  # the value itself shows whether it has a time zone
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def json_column() -> sa.types.TypeEngine[Any]:
    """Return the type for a JSON value: JSONB on PostgreSQL, text on SQLite; None is SQL NULL."""
    return sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def serial_column() -> sa.types.TypeEngine[int]:
    """Return the type for an auto-incremented number: 64 bits on both (SQLite requires the type name INTEGER)."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
