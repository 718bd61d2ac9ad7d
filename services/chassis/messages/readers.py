"""Strict readers of JSON values: a reader per type, composed once.

A reader takes the parsed JSON of a field and returns the value, or raises BadRecord. The reader of the enclosing object
adds the field's name to the error, so names cost nothing while records are valid.
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
    """Return the reader of a type that events can carry (see ``event_types``)."""
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

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise BadRecord("", "must be an object")
        values = {}
        for name, reader, field in shapes:
            if name in value:
                try:
                    values[name] = reader(value[name])
                except BadRecord as error:
                    raise _within(name, error) from error
            elif field.required:
                raise BadRecord(name, "is missing")
            else:
                values[name] = field.missing()
        try:
            return cls(**values)
        except (ValueError, TypeError) as error:  # the class's own __post_init__ refused the values
            raise BadRecord("", f"is not a valid {cls.__name__}") from error

    return read


def _optional(reader: Reader) -> Reader:
    return lambda value: None if value is None else reader(value)


def _list(reader: Reader) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise BadRecord("", "must be a list")
        try:
            return tuple([reader(item) for item in value])
        except BadRecord:  # read again, item by item, to name the index
            return tuple(_named(str(index), reader, item) for index, item in enumerate(value))

    return read


def _mapping(reader: Reader) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise BadRecord("", "must be an object")
        try:
            return {_text(key): reader(item) for key, item in value.items()}
        except BadRecord as error:
            raise _within("*", error) from error

    return read


def _choice(choices: tuple[Any, ...]) -> Reader:
    def read(value: Any) -> Any:
        for choice in choices:
            if value == choice and type(value) is type(choice):
                return choice
        raise BadRecord("", "must be one of " + ", ".join(json.dumps(choice) for choice in choices))

    return read


def _named(name: str, reader: Reader, value: Any) -> Any:
    try:
        return reader(value)
    except BadRecord as error:
        raise _within(name, error) from error


def _within(name: str, error: BadRecord) -> BadRecord:
    """Return the error with ``name`` in front of its field."""
    return BadRecord(f"{name}.{error.field}" if error.field else name, error.reason)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadRecord("", "must be a string")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise BadRecord("", "must be Unicode text")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadRecord("", "must be a whole number")
    return value


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise BadRecord("", "must be a number")
    try:
        number = float(value)
    except OverflowError as error:
        raise BadRecord("", "must be a number within reach") from error
    if not math.isfinite(number):
        raise BadRecord("", "must be a finite number")
    return number


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadRecord("", "must be true or false")
    return value


def _nothing(value: Any) -> None:
    if value is not None:
        raise BadRecord("", "must be null")


def _day(value: Any) -> date:
    try:
        if len(_text(value)) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise BadRecord("", "must be a date such as 2030-01-31")


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value))
        if moment.tzinfo is not None and "T" in value:
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
