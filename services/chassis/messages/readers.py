"""How a value of each type is read from JSON, strictly: one reader per type, put together once.

A reader takes what the parser made of a field and returns the value; BadRecord says what was wrong, and whoever holds
the field puts its name in front: so names cost nothing while everything is well.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from services.chassis.core.errors import BadRecord
from services.chassis.messages.event_types import choices_of, fields_of, item_of, optional_of, value_of

Reader = Callable[[Any], Any]


@cache
def reader_of(hint: Any) -> Reader:
    """Return the reader of a type that events can carry (see `event_types`)."""
    if hint in _SCALAR:
        return _SCALAR[hint]
    if (inner := optional_of(hint)) is not None:
        return _optional(reader_of(inner))
    if (choices := choices_of(hint)) is not None:
        return _choice(choices)
    if (inner := item_of(hint)) is not None:
        return _list(reader_of(inner))
    if (inner := value_of(hint)) is not None:
        return _mapping(reader_of(inner))
    return _object(hint)


def _object(cls: type) -> Reader:
    shapes = tuple((field.name, reader_of(field.hint), field) for field in fields_of(cls))

    def read(found: Any) -> Any:
        if not isinstance(found, Mapping):
            raise BadRecord("", "must be an object")
        values = {}
        for name, reader, field in shapes:
            if name in found:
                try:
                    values[name] = reader(found[name])
                except BadRecord as error:
                    raise _within(name, error) from error
            elif field.required:
                raise BadRecord(name, "is missing")
            else:
                values[name] = field.missing()
        try:
            return cls(**values)
        except (ValueError, TypeError) as error:  # the class's own __post_init__ said no
            raise BadRecord("", f"is not a valid {cls.__name__}") from error

    return read


def _optional(reader: Reader) -> Reader:
    return lambda found: None if found is None else reader(found)


def _list(reader: Reader) -> Reader:
    def read(found: Any) -> Any:
        if not isinstance(found, list):
            raise BadRecord("", "must be a list")
        try:
            return tuple([reader(item) for item in found])
        except BadRecord:  # once more, to say which
            return tuple(_named(str(index), reader, item) for index, item in enumerate(found))

    return read


def _mapping(reader: Reader) -> Reader:
    def read(found: Any) -> Any:
        if not isinstance(found, Mapping):
            raise BadRecord("", "must be an object")
        try:
            return {_text(key): reader(item) for key, item in found.items()}
        except BadRecord as error:
            raise _within("*", error) from error

    return read


def _choice(choices: tuple[Any, ...]) -> Reader:
    def read(found: Any) -> Any:
        for choice in choices:
            if found == choice and type(found) is type(choice):
                return choice
        raise BadRecord("", "must be one of " + ", ".join(json.dumps(choice) for choice in choices))

    return read


def _named(name: str, reader: Reader, found: Any) -> Any:
    try:
        return reader(found)
    except BadRecord as error:
        raise _within(name, error) from error


def _within(name: str, error: BadRecord) -> BadRecord:
    """The same complaint, seen from one level further out."""
    return BadRecord(f"{name}.{error.field}" if error.field else name, error.reason)


def _text(found: Any) -> str:
    if not isinstance(found, str):
        raise BadRecord("", "must be a string")
    if not found.isascii() and any("\ud800" <= character <= "\udfff" for character in found):
        raise BadRecord("", "must be Unicode text")
    return found


def _whole(found: Any) -> int:
    if not isinstance(found, int) or isinstance(found, bool):
        raise BadRecord("", "must be a whole number")
    return found


def _number(found: Any) -> float:
    if not isinstance(found, int | float) or isinstance(found, bool):
        raise BadRecord("", "must be a number")
    try:
        number = float(found)
    except OverflowError as error:
        raise BadRecord("", "must be a number within reach") from error
    if not math.isfinite(number):
        raise BadRecord("", "must be a finite number")
    return number


def _flag(found: Any) -> bool:
    if not isinstance(found, bool):
        raise BadRecord("", "must be true or false")
    return found


def _nothing(found: Any) -> None:
    if found is not None:
        raise BadRecord("", "must be null")


def _day(found: Any) -> date:
    try:
        if len(_text(found)) == 10:
            return date.fromisoformat(found)
    except ValueError:
        pass
    raise BadRecord("", "must be a date such as 2030-01-31")


def _moment(found: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(found))
        if moment.tzinfo is not None and "T" in found:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadRecord("", "must be a moment such as 2030-01-31T12:00:00Z")


_SCALAR = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _flag,
    type(None): _nothing,
    date: _day,
    datetime: _moment,
}
