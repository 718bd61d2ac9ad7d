"""Events to bytes and back, strictly: canonical JSON out, and on the way in every wrong type named by its field.

Unknown fields are ignored and missing ones take their defaults, so fields can be added within a version. No field is
ever coerced: "3" is not 3 and 1 is not true.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Any, TypeVar

from services.chassis.errors import BadRecord
from services.chassis.event import Event
from services.chassis.event_types import FieldShape, choices_of, fields_of, item_of, optional_of, value_of
from services.chassis.json_schema import schema_of

__all__ = ["decode", "encode", "read_object", "schema_of", "to_json"]

E = TypeVar("E", bound=Event)
Read = Callable[[Any, str], Any]  # (what was found, the dotted name of its field) -> value


def encode(event: Event) -> bytes:
    """Return the event as canonical JSON: keys sorted, no spaces, UTF-8, the same bytes for equal events.

    Raises BadRecord for a value that the event's own type does not allow, so a fault is found where it is made.
    """
    shown = to_json(event)
    _object(type(event), shown, "")
    try:
        return json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:  # a lone surrogate has no bytes
        raise BadRecord("", f"{type(event).__name__} holds text that is not Unicode") from error


def decode(cls: type[E], value: bytes) -> E:
    """Read an event of class `cls`; raises BadRecord that names the field (`languages.0.tag`), never its value."""
    event: E = _object(cls, read_object(value), "")
    return event


def read_object(value: bytes) -> Mapping[str, Any]:
    """Parse bytes that must hold one JSON object; raises BadRecord."""
    try:
        found = json.loads(value, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadRecord("", "is not JSON in UTF-8") from error
    if not isinstance(found, dict):
        raise BadRecord("", "must be a JSON object")
    return found


def to_json(value: Any) -> Any:
    """Return the JSON form of a value: dataclasses as objects, moments in UTC with a Z, dates as YYYY-MM-DD."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields_of(type(value))}
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


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _object(cls: type, found: Mapping[str, Any], path: str) -> Any:
    values = {}
    for field, read in _readers(cls):
        where = f"{path}.{field.name}" if path else field.name
        if field.name in found:
            values[field.name] = read(found[field.name], where)
        elif field.required:
            raise BadRecord(where, "is missing")
        else:
            values[field.name] = field.missing()
    try:
        return cls(**values)
    except (ValueError, TypeError) as error:  # the class's own __post_init__ said no
        raise BadRecord(path, f"is not a valid {cls.__name__}") from error


@cache
def _readers(cls: type) -> tuple[tuple[FieldShape, Read], ...]:
    """How each field of a class is read: found once, since thousands of people are read in a row."""
    return tuple((field, _reader(field.hint)) for field in fields_of(cls))


def _reader(hint: Any) -> Read:
    if hint in _SCALAR:
        return _SCALAR[hint]
    if (inner := optional_of(hint)) is not None:
        return partial(_optional, _reader(inner))
    if (choices := choices_of(hint)) is not None:
        return partial(_choice, choices)
    if (inner := item_of(hint)) is not None:
        return partial(_list, _reader(inner))
    if (inner := value_of(hint)) is not None:
        return partial(_mapping, _reader(inner))
    return partial(_nested, hint)


def _optional(read: Read, found: Any, where: str) -> Any:
    return None if found is None else read(found, where)


def _list(read: Read, found: Any, where: str) -> Any:
    if not isinstance(found, list):
        raise BadRecord(where, "must be a list")
    return tuple([read(item, f"{where}.{index}") for index, item in enumerate(found)]) if found else ()


def _mapping(read: Read, found: Any, where: str) -> Any:
    if not isinstance(found, Mapping):
        raise BadRecord(where, "must be an object")
    return {_text(key, where): read(item, f"{where}.*") for key, item in found.items()}


def _nested(cls: type, found: Any, where: str) -> Any:
    if not isinstance(found, Mapping):
        raise BadRecord(where, "must be an object")
    return _object(cls, found, where)


def _choice(choices: tuple[Any, ...], found: Any, where: str) -> Any:
    for choice in choices:
        if found == choice and type(found) is type(choice):
            return choice
    raise BadRecord(where, "must be one of " + ", ".join(json.dumps(choice) for choice in choices))


def _text(found: Any, where: str) -> str:
    if not isinstance(found, str):
        raise BadRecord(where, "must be a string")
    if not found.isascii() and any("\ud800" <= character <= "\udfff" for character in found):
        raise BadRecord(where, "must be Unicode text")
    return found


def _whole(found: Any, where: str) -> int:
    if not isinstance(found, int) or isinstance(found, bool):
        raise BadRecord(where, "must be a whole number")
    return found


def _number(found: Any, where: str) -> float:
    if not isinstance(found, int | float) or isinstance(found, bool):
        raise BadRecord(where, "must be a number")
    try:
        number = float(found)
    except OverflowError as error:
        raise BadRecord(where, "must be a number within reach") from error
    if not math.isfinite(number):
        raise BadRecord(where, "must be a finite number")
    return number


def _flag(found: Any, where: str) -> bool:
    if not isinstance(found, bool):
        raise BadRecord(where, "must be true or false")
    return found


def _nothing(found: Any, where: str) -> None:
    if found is not None:
        raise BadRecord(where, "must be null")


def _day(found: Any, where: str) -> date:
    try:
        if len(_text(found, where)) == 10:
            return date.fromisoformat(found)
    except ValueError:
        pass
    raise BadRecord(where, "must be a date such as 2030-01-31")


def _moment(found: Any, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(found, where))
        if moment.tzinfo is not None and "T" in found:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadRecord(where, "must be a moment such as 2030-01-31T12:00:00Z")


_SCALAR: Mapping[Any, Read] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _flag,
    type(None): _nothing,
    date: _day,
    datetime: _moment,
}
