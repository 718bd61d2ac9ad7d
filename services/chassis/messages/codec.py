"""Encode events as canonical JSON and decode them strictly, with errors that name the field.

Unknown fields are ignored and missing fields take their defaults, so fields can be added within a version. No value is
ever coerced: "3" is not 3 and 1 is not true.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar

from services.chassis.core.errors import BadRecord
from services.chassis.messages.event import Event
from services.chassis.messages.event_types import fields_of
from services.chassis.messages.json_schema import schema_of
from services.chassis.messages.readers import reader_of

__all__ = ["decode", "encode", "read_object", "schema_of", "to_json"]

E = TypeVar("E", bound=Event)
_AS_IT_IS = frozenset({str, int, float, bool, type(None)})


def encode(event: Event) -> bytes:
    """Return the event as canonical JSON: keys sorted, no spaces, UTF-8, the same bytes for equal events.

    Raises BadRecord for a value that the event's own type does not allow, so a fault shows where it is made.
    """
    json_value = to_json(event)
    event_class: Any = type(event)
    reader_of(event_class)(json_value)
    try:
        return json.dumps(
            json_value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode()
    except ValueError as error:  # a lone surrogate has no bytes
        raise BadRecord("", f"{type(event).__name__} holds text that is not Unicode") from error


def decode(cls: type[E], value: bytes) -> E:
    """Return the event of class ``cls``; raises BadRecord with the field (``languages.0.tag``), never its value."""
    event_class: Any = cls
    event: E = reader_of(event_class)(read_object(value))
    return event


def read_object(value: bytes) -> Mapping[str, Any]:
    """Return the JSON object in ``value``; raises BadRecord for any other content."""
    try:
        parsed = json.loads(value, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadRecord("", "is not JSON in UTF-8") from error
    if not isinstance(parsed, dict):
        raise BadRecord("", "must be a JSON object")
    return parsed


def to_json(value: Any) -> Any:
    """Return the JSON form of a value: dataclasses as objects, datetimes in UTC with a Z, dates as YYYY-MM-DD."""
    kind: Any = type(value)
    if kind in _AS_IT_IS:
        return value
    if (names := _names_of(kind)) is not None:
        return {name: to_json(getattr(value, name)) for name in names}
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise BadRecord("", "a moment must carry its time zone")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return value


@cache
def _names_of(kind: Any) -> tuple[str, ...] | None:
    """Return the field names of a dataclass, or None for any other type."""
    return tuple(field.name for field in fields_of(kind)) if hasattr(kind, "__dataclass_fields__") else None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
