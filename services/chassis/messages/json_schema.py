"""JSON Schema 2020-12 of an event, derived from its class, so that the file in the repository matches the code.

Schema and codec use the same field shapes: ``codec.decode`` accepts exactly the objects that are valid here.
"""

from __future__ import annotations

import inspect
import json
from datetime import date, datetime
from typing import Any

from services.chassis.messages.event import Event
from services.chassis.messages.event_types import FieldShape, choices_of, fields_of, item_of, optional_of, value_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SCALAR: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}


def schema_of(cls: type[Event]) -> dict[str, Any]:
    """Return the schema of an event class: closed types, required fields, unknown fields allowed."""
    nested: dict[str, Any] = {}
    schema = {"$schema": DIALECT, "$id": f"urn:event:{cls.type}", "title": cls.__name__, **_object(cls, nested)}
    return {**schema, "$defs": dict(sorted(nested.items()))} if nested else schema


def _object(cls: type, nested: dict[str, Any]) -> dict[str, Any]:
    shapes = fields_of(cls)
    return {
        "description": inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].replace("\n", " "),
        "type": "object",
        "properties": {shape.name: _property(shape, nested) for shape in shapes},
        "required": [shape.name for shape in shapes if shape.required],
        "additionalProperties": True,
    }


def _property(shape: FieldShape, nested: dict[str, Any]) -> dict[str, Any]:
    described = _type(shape.hint, nested)
    if shape.required:
        return described
    default = shape.missing()
    default = list(default) if isinstance(default, tuple) else default
    try:
        json.dumps(default)
    except TypeError:  # a default that is an object or a datetime has no JSON form, so the schema leaves it out
        return described
    return {**described, "default": default}


def _type(hint: Any, nested: dict[str, Any]) -> dict[str, Any]:
    if hint in _SCALAR:
        return dict(_SCALAR[hint])
    if (choices := choices_of(hint)) is not None:
        return {"enum": list(choices)}
    if (inner := optional_of(hint)) is not None:
        return {"anyOf": [_type(inner, nested), {"type": "null"}]}
    if (inner := item_of(hint)) is not None:
        return {"type": "array", "items": _type(inner, nested)}
    if (inner := value_of(hint)) is not None:
        return {"type": "object", "additionalProperties": _type(inner, nested)}
    if hint.__name__ not in nested:
        nested[hint.__name__] = {}  # a placeholder while its own fields are read, for recursive types
        nested[hint.__name__] = _object(hint, nested)
    return {"$ref": f"#/$defs/{hint.__name__}"}
