"""Moments: datetimes that carry a time zone, in UTC inside every message and stored value."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, TypeVar, cast, get_args, get_type_hints

from msgspec import Meta

from services.chassis.core.errors import BadRecord

Moment = Annotated[datetime, Meta(tz=True)]
"""The type of a datetime field of an event: one without a time zone is refused."""

T = TypeVar("T")


def in_utc(value: T) -> T:
    """Return a value with each moment in UTC; raises BadRecord with the field of a moment that cannot be converted."""
    return cast(T, _in_utc(value))


def _in_utc(value: Any) -> Any:
    if isinstance(value, datetime):
        return value if value.tzinfo is UTC else _converted(value)
    if isinstance(value, dict):
        return {name: _in_utc(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_in_utc(item) for item in value] if isinstance(value, list) else tuple(map(_in_utc, value))
    names = _fields_with_moments(cast(Any, type(value)))
    if not names:
        return value
    changed = {name: item for name in names if (item := _field(value, name)) is not getattr(value, name)}
    return replace(value, **changed) if changed else value


def _field(value: Any, name: str) -> Any:
    try:
        return _in_utc(getattr(value, name))
    except BadRecord as error:
        raise BadRecord(f"{name}.{error.field}" if error.field else name, error.reason) from None


def _converted(moment: datetime) -> datetime:
    try:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except OverflowError:
        pass
    raise BadRecord("", "must be a moment such as 2030-01-31T12:00:00Z")


@cache
def _fields_with_moments(kind: Any) -> tuple[str, ...]:
    """Return the fields of a dataclass that may hold a moment, themselves or within; () for any other type."""
    if not is_dataclass(kind):
        return ()
    hints = get_type_hints(kind)
    return tuple(field.name for field in fields(kind) if _may_hold_moments(hints[field.name]))


def _may_hold_moments(hint: Any) -> bool:
    return hint is datetime or bool(_fields_with_moments(hint)) or any(map(_may_hold_moments, get_args(hint)))
