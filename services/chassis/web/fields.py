"""Schemas and fields for bodies and queries: unknown fields are refused; messages give advice."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.chassis.i18n.language_tags import LONGEST, SHAPE, standard_tag
from services.chassis.i18n.sentence import Hint, Sentence
from services.chassis.web.problem import MOST_ERRORS

_NOT_ACCEPTED = Sentence("We can't take this value. Please check it.")
_MESSAGES = {
    "required": Sentence("Please fill this in."),
    "null": Sentence("Please give a value, or leave the field out."),
    "validator_failed": _NOT_ACCEPTED,
    "type": Sentence("Please give another kind of value here."),
}
_MESSAGES_BY_FIELD: Mapping[type[fields.Field[Any]], Mapping[str, str]] = {
    fields.String: {
        "invalid": Sentence("Please give a text."),
        "invalid_utf8": Sentence("Please give a text in UTF-8."),
    },
    fields.Integer: {
        "invalid": Sentence("Please give a whole number."),
        "too_large": Sentence("Please give a smaller number."),
    },
    fields.Float: {
        "invalid": Sentence("Please give a number."),
        "special": Sentence("Please give a number."),
        "too_large": Sentence("Please give a smaller number."),
    },
    fields.Mapping: {"invalid": Sentence("Please give an object.")},
    fields.Boolean: {"invalid": Sentence("Please give true or false.")},
    fields.List: {"invalid": Sentence("Please give a list.")},
    fields.Nested: {"type": Sentence("Please give an object.")},
    fields.Date: dict.fromkeys(
        ("invalid", "invalid_awareness", "format"), Sentence("Please give a date such as 2025-04-30.")
    ),
}


_WITH_ERROR = (validate.Length, validate.Range, validate.OneOf, validate.Email)


class CairnSchema(ma.Schema):
    """The base of every schema: it refuses unknown fields and its messages give advice."""

    class Meta:
        """Refuse unknown fields."""

        unknown = ma.RAISE

    error_messages = {  # noqa: RUF012 - marshmallow's own attribute, read per class
        "unknown": Sentence("We don't know this field. Please check its spelling or leave it out."),
        "type": Sentence("Please give an object."),
    }

    @ma.pre_load
    def bound_unknown(self, data: Any, **_: Any) -> Any:
        """Leave out unknown fields beyond those that an answer names: each costs time, and one is enough to refuse."""
        if not isinstance(data, Mapping) or len(data) <= len(self._names) + MOST_ERRORS:
            return data
        unknown = [name for name in data if name not in self._names]
        left_out = set(unknown[MOST_ERRORS + 1 :])
        return {name: value for name, value in data.items() if name not in left_out}

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(field.data_key or name for name, field in self.load_fields.items())

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Set our messages of a field and of the fields inside it, except those they declare themselves."""
        _set_messages(field_obj)
        super().on_bind_field(field_name, field_obj)


def _set_messages(field: fields.Field[Any]) -> None:
    for field_class, messages in _MESSAGES_BY_FIELD.items():
        if isinstance(field, field_class):
            _replace_defaults(field.error_messages, messages, field_class)
    _replace_defaults(field.error_messages, _MESSAGES, fields.Field)
    for validator in field.validators:
        default = getattr(validator, "default_message", None)
        if isinstance(validator, _WITH_ERROR) and validator.error in (None, default):
            validator.error = _NOT_ACCEPTED
    inner = (getattr(field, name, None) for name in ("inner", "key_field", "value_field"))
    for one in inner:
        if one is not None:
            _set_messages(one)


def _replace_defaults(
    current: dict[str, Any], messages: Mapping[str, str], field_class: type[fields.Field[Any]]
) -> None:
    """Replace messages that are still marshmallow's defaults of ``field_class``."""
    defaults: dict[str, str] = {}
    for cls in reversed(field_class.__mro__):
        defaults.update(getattr(cls, "default_error_messages", {}))
    for key, message in messages.items():
        if current.get(key) == defaults.get(key):
            current[key] = message


def _check_length(field: fields.Field[Any], value: Any, kind: type[list[Any] | dict[str, Any]]) -> None:
    """Raise the fault of a value that is too long or too short before anything looks at its entries."""
    if isinstance(value, kind):
        for validator in field.validators:
            if isinstance(validator, validate.Length):
                validator(value)


class BoundedList(fields.List[Any]):
    """A list whose length is validated before its entries; ``most`` refuses longer ones with a sentence."""

    def __init__(self, inner: Any, *, most: int, least: int = 0, **kwargs: Any) -> None:
        some = Sentence("Please give %(least)s to %(most)s entries.", least=least, most=most)
        error = some if least else Sentence("Please give up to %(most)s entries.", most=most)
        super().__init__(inner, validate=validate.Length(min=least or None, max=most, error=error), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        _check_length(self, value, list)
        return super()._deserialize(value, attr, data, **kwargs)


class BoundedDict(fields.Dict):
    """An object with free names whose size is validated before its members."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        error = Sentence("Please give up to %(most)s entries.", most=most)
        kwargs["metadata"] = {"maxProperties": most} | kwargs.get("metadata", {})
        super().__init__(validate=validate.Length(max=most, error=error), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        _check_length(self, value, dict)
        return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]


class Code(fields.String):
    """A code of a vocabulary; an unknown code is refused with the nearest valid ones.

    ``codes`` are the valid codes, or a function that returns them (called at each use, for vocabularies that grow).
    ``near`` returns the codes that an unknown one may mean; by default those with the most similar spelling.
    """

    def __init__(
        self,
        codes: Iterable[str] | Callable[[], Iterable[str]],
        *,
        axis: str = "value",
        near: Callable[[str], tuple[str, ...]] | None = None,
        **kwargs: Any,
    ) -> None:
        self._codes = codes if callable(codes) else tuple(codes)
        self._near = near
        self.axis = axis
        if not callable(self._codes):
            metadata = {"enum": list(self._codes)} | dict(kwargs.pop("metadata", {}))
            kwargs["metadata"] = metadata
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        word = super()._deserialize(value, attr, data, **kwargs)
        valid = tuple(self._codes()) if callable(self._codes) else self._codes
        if word in valid:
            return word
        find = partial(nearest_codes, word, valid) if self._near is None else partial(self._near, word)
        raise ma.ValidationError(
            [
                Hint(
                    "We don't know this %(axis)s.",
                    find,
                    "We don't know this %(axis)s. Perhaps you mean one of: %(near)s.",
                    axis=self.axis,
                )
            ]
        )


def nearest_codes(word: str, valid: Iterable[str], count: int = 5) -> tuple[str, ...]:
    """Return the ``count`` valid codes most similar to ``word``, or the first ones when none is similar."""
    known = list(valid)
    near = difflib.get_close_matches(word[:60].lower(), known, n=count, cutoff=0.4)
    return tuple(near or known[:count])


class Shaped(fields.String):
    """A text that matches a pattern: ``Shaped("[a-z0-9-]{1,40}", "Please use small letters, digits and dashes.")``.

    The whole text has to match, including its end (``$`` alone would accept a final line break).
    """

    def __init__(self, shape: str, hint: str, **kwargs: Any) -> None:
        self._shape = re.compile(shape)
        self._hint = hint
        metadata = {"pattern": f"^(?:{shape})$"} | dict(kwargs.pop("metadata", {}))
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if self._shape.fullmatch(text) is None:
            raise ma.ValidationError(self._hint)
        return text


class LanguageTag(fields.String):
    """A language as a BCP 47 tag (``en``, ``pt-BR``, ``ase``), loaded in standard form."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"pattern": SHAPE, "minLength": 2, "maxLength": LONGEST, "example": "en"} | dict(
            kwargs.pop("metadata", {})
        )
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        tag = standard_tag(text)
        if tag is None:
            raise ma.ValidationError(
                "Please give a language tag such as en, es-MX, ar or ase (American Sign Language)."
            )
        return tag


class Instant(fields.AwareDateTime):
    """A time with its offset (``2026-01-31T18:00:00Z``), loaded in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        message = Sentence("Please give a moment with its offset, such as 2026-01-31T18:00:00Z.")
        kwargs.setdefault("error_messages", {"invalid": message, "invalid_awareness": message, "format": message})
        super().__init__(format="iso", default_timezone=None, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        return moment.astimezone(UTC)
