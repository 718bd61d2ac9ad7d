"""The field types of an event, inspected once per class, for both the codec and the schema.

Supported: str, int, float, bool, None, X | None, tuple[X, ...], Mapping[str, X], Literal, date, datetime (UTC), NewType
over any of these, and nested frozen dataclasses. Other types are refused when the class is first used.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, NewType, Union

SCALARS = (str, int, float, bool, date, datetime)


@dataclass(frozen=True, slots=True)
class FieldShape:
    """A field: its name, its type (without NewType wrappers), and its default for records that lack it."""

    name: str
    hint: Any
    required: bool
    default: Any
    default_factory: Any

    def missing(self) -> Any:
        """Return the value for a record that lacks the field; only for fields that are not required."""
        return self.default if self.default_factory is MISSING else self.default_factory()


@cache
def fields_of(cls: type) -> tuple[FieldShape, ...]:
    """Return the fields of a frozen dataclass in order of declaration; raises TypeError for unsupported types."""
    if not dataclasses.is_dataclass(cls) or not cls.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise TypeError(f"{cls.__name__} must be a frozen dataclass")
    hints = typing.get_type_hints(cls)
    return tuple(
        FieldShape(
            name=field.name,
            hint=_supported(hints[field.name], f"{cls.__name__}.{field.name}"),
            required=field.default is MISSING and field.default_factory is MISSING,
            default=field.default,
            default_factory=field.default_factory,
        )
        for field in dataclasses.fields(cls)
        if field.init
    )


def plain(hint: Any) -> Any:
    """Return a type without its NewType wrappers."""
    while isinstance(hint, NewType):
        hint = hint.__supertype__
    return hint


def optional_of(hint: Any) -> Any | None:
    """Return X for ``X | None``, or None for any other type."""
    if typing.get_origin(hint) not in (Union, types.UnionType):
        return None
    rest = [plain(option) for option in typing.get_args(hint) if option is not type(None)]
    return rest[0] if len(rest) == 1 else None


def item_of(hint: Any) -> Any | None:
    """Return X for ``tuple[X, ...]``, or None for any other type."""
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return plain(arguments[0])
    return None


def value_of(hint: Any) -> Any | None:
    """Return X for ``Mapping[str, X]``, or None for any other type."""
    if typing.get_origin(hint) is Mapping and plain(typing.get_args(hint)[0]) is str:
        return plain(typing.get_args(hint)[1])
    return None


def choices_of(hint: Any) -> tuple[Any, ...] | None:
    """Return the values of a Literal, or None for any other type."""
    return typing.get_args(hint) if typing.get_origin(hint) is Literal else None


def _supported(hint: Any, where: str) -> Any:
    hint = plain(hint)
    if hint in SCALARS or hint is type(None) or choices_of(hint) is not None:
        return hint
    inner = next((part for read in (optional_of, item_of, value_of) if (part := read(hint)) is not None), None)
    if inner is not None:
        _supported(inner, where)
        return hint
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        fields_of(hint)
        return hint
    raise TypeError(f"{where}: {hint!r} is not a type that events can carry")
