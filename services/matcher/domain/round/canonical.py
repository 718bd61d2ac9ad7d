"""One spelling for every value: dataclasses to JSON text and back, the same bytes for the same content."""

import json
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

_SCALARS = (str, int, bool, float, NoneType)


def plain(value: Any) -> Any:
    """Dataclasses as objects, tuples as lists, sets as sorted lists, instants as ISO 8601 in UTC."""
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind in (tuple, list):
        return [plain(one) for one in value]
    names = _field_names(kind)
    if names is not None:
        return {name: plain(getattr(value, name)) for name in names}
    return _rarer(value)


@cache
def _field_names(kind: Hashable) -> tuple[str, ...] | None:
    return tuple(field.name for field in fields(kind)) if isinstance(kind, type) and is_dataclass(kind) else None


def _rarer(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((plain(one) for one in value), key=json.dumps)
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """SHA-256 of the text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def restore(kind: Any, told: Any) -> Any:
    """Build a value of a type from what ``plain`` made of it; KeyError or ValueError when it does not fit."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if told is None else restore(next(one for one in inner if one is not NoneType), told)
    if origin in (tuple, frozenset):
        return _several(origin, inner, told)
    if kind in (datetime, date):
        return kind.fromisoformat(told)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{field.name: restore(hints[field.name], told[field.name]) for field in fields(kind)})
    if isinstance(kind, type) and issubclass(kind, tuple):
        return kind(*told)
    return told


def _several(origin: type, inner: tuple[Any, ...], told: Any) -> Any:
    if origin is tuple and inner[-1] is not Ellipsis:
        return tuple(restore(kind, one) for kind, one in zip(inner, told, strict=True))
    return origin(restore(inner[0], one) for one in told)
