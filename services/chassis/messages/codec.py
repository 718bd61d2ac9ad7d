"""Encode values as canonical JSON and decode them strictly, with errors that name the field.

Values are dataclasses of strings, numbers, booleans, None, dates, moments, tuples, mappings and other dataclasses.
Unknown fields are ignored and missing fields take their defaults, so fields can be added within a version. No value is
ever coerced: "3" is not 3 and 1 is not true.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from services.chassis.core.errors import BadRecord
from services.chassis.messages.event import Event
from services.chassis.messages.moments import in_utc

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder(order="sorted")
_PLACE = re.compile(r"`\$([\w.\[\]]*)`$")  # at the end of a message, such as $.languages[0].tag in backticks
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_EXPECTED = re.compile(r"(?:Expected `|Invalid RFC3339 encoded )(\w+)")
_MUST_BE = {
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
    "date": "a date such as 2030-01-31",
    "datetime": "a moment such as 2030-01-31T12:00:00Z",
}


def encode(event: Event) -> bytes:
    """Return the event as canonical JSON, the same bytes for equal events.

    Raises BadRecord for an event that does not read back as it is, so a fault shows where it is made.
    """
    value = canonical_json(event)
    if decode(type(event), value) != event:
        raise BadRecord("", f"{type(event).__name__} does not read back as it is")
    return value


def canonical_json(value: Any) -> bytes:
    """Return JSON with sorted keys, no spaces and moments in UTC; raises BadRecord for what has no JSON form."""
    try:
        return _ENCODER.encode(in_utc(value))
    except (UnicodeEncodeError, TypeError) as error:  # a lone surrogate has no bytes
        raise BadRecord("", f"{type(value).__name__} has no JSON form") from error


def to_json(value: Any) -> Any:
    """Return the JSON form of a value as dicts, lists and scalars, for JSON columns; moments in UTC."""
    return msgspec.to_builtins(in_utc(value))


def decode(kind: type[T], value: bytes | str) -> T:
    """Return the value of a type from JSON; raises BadRecord with the field (``languages.0.tag``), never its value."""
    try:
        text = value if isinstance(value, str) else value.decode()
        decoded: T = in_utc(_decoder(cast(Any, kind)).decode(text))
    except msgspec.ValidationError as error:
        raise _bad_record(str(error)) from None  # the error's own text may contain the value
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise BadRecord("", "is not JSON in UTF-8") from None
    return decoded


def from_json(kind: type[T], stored: Any) -> T:
    """Return the value whose JSON form ``to_json`` made, checked as strictly as by ``decode``."""
    try:
        return in_utc(msgspec.convert(stored, kind))
    except msgspec.ValidationError as error:
        raise _bad_record(str(error)) from None


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _bad_record(message: str) -> BadRecord:
    """Return the field and the expected type of msgspec's message, without the value that it may contain."""
    place = _PLACE.search(message)
    path = re.findall(r"\w+|\*", place[1].replace("...", "*")) if place else []
    if missing := _MISSING.match(message):
        return BadRecord(".".join([*path, missing[1]]), "is missing")
    expected = _EXPECTED.match(message)
    if expected and expected[1] in _MUST_BE:
        reason = f"must be {_MUST_BE[expected[1]]}"
    elif "out of range" in message:
        reason = "must be a number within reach"
    else:
        reason = "must be one of the values that its type allows"
    return BadRecord(".".join(path), reason)
