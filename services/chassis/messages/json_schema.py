"""JSON Schema 2020-12 of an event, derived from its class, so that the file in the repository matches the code."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from services.chassis.messages.event import Event

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(cls: type[Event]) -> dict[str, Any]:
    """Return the schema of an event class: closed types, required fields, unknown fields allowed."""
    _, components = msgspec.json.schema_components([cls])
    objects = {
        name: {**schema, "description": _first_paragraph(schema["description"]), "additionalProperties": True}
        for name, schema in components.items()
    }
    schema = {"$schema": DIALECT, "$id": f"urn:event:{cls.type}", **objects.pop(cls.__name__)}
    return {**schema, "$defs": dict(sorted(objects.items()))} if objects else schema


def _first_paragraph(docstring: str) -> str:
    return inspect.cleandoc(docstring).split("\n\n")[0].replace("\n", " ")
