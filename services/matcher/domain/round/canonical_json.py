"""Canonical JSON: dataclasses to text and back, the same bytes for the same content."""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


def canonical(value: Any) -> str:
    """Return JSON with sorted keys and no spaces: sets as sorted lists, instants as ISO 8601 in UTC."""
    return _encoder.encode(value)


def _to_plain(value: Any) -> Any:
    """Convert a value that the encoder does not support, one level deep."""
    kind: Any = type(value)
    names = _field_names(kind)
    if names is not None:
        return {name: getattr(value, name) for name in names}
    if isinstance(value, frozenset | set):
        return sorted((json.loads(canonical(item)) for item in value), key=json.dumps)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


# Values are trees, so the check for cycles is not needed.
_encoder = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_to_plain, check_circular=False
)


@cache
def _field_names(kind: Any) -> tuple[str, ...] | None:
    """Return the sorted field names of a dataclass; None for any other type."""
    return tuple(sorted(field.name for field in fields(kind))) if is_dataclass(kind) else None


def digest(text: str) -> str:
    """Return the SHA-256 of the text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def restore(kind: Any, stored: Any) -> Any:
    """Build a value of a type from parsed ``canonical`` JSON; KeyError or ValueError when it does not fit."""
    return _restorer(kind)(stored)


@cache
def _restorer(kind: Any) -> Callable[[Any], Any]:
    """Return the function that builds values of a type."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        build = _restorer(next(member for member in inner if member is not NoneType))
        return lambda stored: None if stored is None else build(stored)
    if origin in (tuple, frozenset):
        return _several(origin, inner)
    if kind in (datetime, date):
        read: Callable[[str], date] = kind.fromisoformat
        return read
    if isinstance(kind, type) and is_dataclass(kind):
        return _object(kind)
    if isinstance(kind, type) and issubclass(kind, tuple):
        return lambda stored: kind(*stored)
    return lambda stored: stored


def _several(origin: type, inner: tuple[Any, ...]) -> Callable[[Any], Any]:
    if origin is tuple and inner[-1] is not Ellipsis:
        builders = [_restorer(item) for item in inner]
        return lambda stored: tuple(build(item) for build, item in zip(builders, stored, strict=True))
    build = _restorer(inner[0])
    return lambda stored: origin([build(item) for item in stored])


def _object(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    builders = [(field.name, _restorer(hints[field.name])) for field in fields(kind)]
    return lambda stored: kind(**{name: build(stored[name]) for name, build in builders})
