"""The messages with which the schemas of a service may refuse a request, marshmallow's own among them."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate


def messages_of(base: type[ma.Schema], package: str) -> set[str]:
    """Return every message of the fields and validators of the schemas under ``base`` in a package."""
    import_module(f"{package}.api")
    return {
        message
        for schema in _subclasses(base)
        if schema.__module__.startswith(package)
        for message in _messages(schema())
    }


def _subclasses(base: type[ma.Schema]) -> Iterator[type[ma.Schema]]:
    for schema in base.__subclasses__():
        yield schema
        yield from _subclasses(schema)


def _messages(schema: ma.Schema) -> Iterator[Any]:
    yield from schema.error_messages.values()
    for field in schema.load_fields.values():
        yield from _of_field(field)


def _of_field(field: fields.Field[Any]) -> Iterator[Any]:
    yield from (message for name, message in field.error_messages.items() if _can_occur(field, name))
    for validator in field.validators:
        if isinstance(validator, validate.Validator):
            yield getattr(validator, "error", None) or type(validator).__name__
    if isinstance(field, fields.List):
        yield from _of_field(field.inner)
    elif isinstance(field, fields.Dict):
        yield from (message for inner in (field.key_field, field.value_field) if inner for message in _of_field(inner))


def _can_occur(field: fields.Field[Any], name: str) -> bool:
    """Return whether a message can occur: a date-time reads ``format`` only when it writes."""
    return not (isinstance(field, fields.DateTime) and name == "format")
