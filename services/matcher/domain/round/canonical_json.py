"""One spelling for every value: dataclasses to JSON text and back, the same bytes for the same content."""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


def canonical(value: Any) -> str:
    """JSON, sorted keys, no spaces: dataclasses as objects, sets as sorted lists, instants as ISO 8601 in UTC."""
    return _encoder.encode(value)


def _shown(value: Any) -> Any:
    """What the encoder does not know by itself, one level deep."""
    kind: Any = type(value)
    names = _field_names(kind)
    if names is not None:
        return {name: getattr(value, name) for name in names}
    if isinstance(value, frozenset | set):
        return sorted((json.loads(canonical(one)) for one in value), key=json.dumps)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


# Values are trees, so nobody has to look for circles.
_encoder = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_shown, check_circular=False
)


@cache
def _field_names(kind: Any) -> tuple[str, ...] | None:
    """Sorted, as the encoder will want them; None for what is no dataclass."""
    return tuple(sorted(field.name for field in fields(kind))) if is_dataclass(kind) else None


def digest(text: str) -> str:
    """SHA-256 of the text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def restore(kind: Any, told: Any) -> Any:
    """Build a value of a type from what ``canonical`` wrote of it; KeyError or ValueError when it does not fit."""
    return _restorer(kind)(told)


@cache
def _restorer(kind: Any) -> Callable[[Any], Any]:
    """How values of one type are built, found out once."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        known = _restorer(next(one for one in inner if one is not NoneType))
        return lambda told: None if told is None else known(told)
    if origin in (tuple, frozenset):
        return _several(origin, inner)
    if kind in (datetime, date):
        read: Callable[[str], date] = kind.fromisoformat
        return read
    if isinstance(kind, type) and is_dataclass(kind):
        return _object(kind)
    if isinstance(kind, type) and issubclass(kind, tuple):
        return lambda told: kind(*told)
    return lambda told: told


def _several(origin: type, inner: tuple[Any, ...]) -> Callable[[Any], Any]:
    if origin is tuple and inner[-1] is not Ellipsis:
        kinds = [_restorer(one) for one in inner]
        return lambda told: tuple(known(one) for known, one in zip(kinds, told, strict=True))
    known = _restorer(inner[0])
    return lambda told: origin([known(one) for one in told])


def _object(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    known = [(field.name, _restorer(hints[field.name])) for field in fields(kind)]
    return lambda told: kind(**{name: build(told[name]) for name, build in known})
