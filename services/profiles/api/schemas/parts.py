"""Kinds of fields, and schemas of nested answers, that mentees and mentors share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.chassis.i18n.sentence import Sentence
from services.chassis.web.fields import BoundedList, CairnSchema, Code, LanguageTag
from services.events.facts import MOST_WINDOWS
from services.events.vocabulary import codes, nearest
from services.events.vocabulary.device_models import device_models
from services.profiles.domain.addresses import MAX_ADDRESS_LENGTH

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def code(axis: str, **kwargs: Any) -> Code:
    """Return a field for one code of a vocabulary."""
    return Code(codes(axis), axis=axis.replace("_", " "), near=partial(nearest, axis), **kwargs)


def at_most(inner: Any, most: int, about: str, *, least: int = 0, **kwargs: Any) -> fields.List[Any]:
    """Return a field for a list of bounded length."""
    return BoundedList(inner, most=most, least=least, metadata={"description": about}, **kwargs)


def text(most: int, about: str, **kwargs: Any) -> fields.String:
    """Return a field for a person's own text."""
    error = Sentence("Please keep this to %(most)s characters.", most=most)
    metadata = {"description": about} | kwargs.pop("metadata", {})
    return OwnText(validate=validate.Length(max=most, error=error), metadata=metadata, **kwargs)


class OwnText(fields.String):
    """A text in a person's own words, without surrounding spaces."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return str(super()._deserialize(value, attr, data, **kwargs)).strip()


class YesNo(fields.Boolean):
    """A strict boolean: strings and numbers are refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise ma.ValidationError("Please give true or false.")
        return super()._deserialize(value, attr, data, **kwargs)


class Whole(fields.Integer):
    """A strict integer: strings, booleans and fractions are refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ma.ValidationError("Please give a whole number.")
        return super()._deserialize(value, attr, data, **kwargs)


class ClockTime(fields.String):
    """A time of day such as ``18:30``, up to ``24:00``; loaded as minutes after midnight."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"pattern": f"^({_CLOCK.pattern})$", "example": "18:30"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _CLOCK.fullmatch(text):
            raise ma.ValidationError("Please give a time of day such as 18:30; the end of a day is 24:00.")
        hours, minutes = text.split(":")
        return int(hours) * 60 + int(minutes)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        text = None if value is None else f"{value // 60:02d}:{value % 60:02d}"
        return super()._serialize(text, attr, obj, **kwargs)


def month(about: str) -> fields.String:
    """Return a field for a month as ``YYYY-MM``."""
    metadata = {"description": about, "pattern": "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", "example": "2026-05"}
    return fields.String(allow_none=True, metadata=metadata)


class ContactSchema(CairnSchema):
    """A person's contact details; stored sealed, shown only to the two people of an active match."""

    email = fields.String(
        required=True, metadata={"format": "email", "maxLength": MAX_ADDRESS_LENGTH, "example": "sam@example.org"}
    )
    phone = fields.String(
        allow_none=True,
        validate=validate.Length(max=40, error="Please give one phone number."),
        metadata={"description": "with its country code", "example": "+44 20 7946 0018"},
    )


class ContactChangeSchema(ContactSchema):
    """A change of a person's contact details."""

    email = fields.String(metadata={"format": "email", "maxLength": MAX_ADDRESS_LENGTH, "example": "sam@example.org"})


class SpokenSchema(CairnSchema):
    """A language, sign languages too, and how well a person uses it."""

    tag = LanguageTag(required=True)
    level = code("language_level", required=True)


class WindowSchema(CairnSchema):
    """A weekly time when a person is free."""

    day = code("weekday", required=True)
    start = ClockTime(required=True)
    end = ClockTime(required=True)


class AvailabilitySchema(CairnSchema):
    """When a person is free in a week; no windows means any time."""

    time_zone = fields.String(
        required=True,
        validate=validate.Length(max=64, error="Please give the IANA name of a time zone."),
        metadata={"description": "IANA name of the time zone", "example": "Europe/London"},
    )
    windows = at_most(fields.Nested(WindowSchema), MOST_WINDOWS, "weekly windows", load_default=list)


def _model() -> Code:
    return Code(tuple(device_models()), axis="device model", allow_none=True)


class DeviceInterestSchema(CairnSchema):
    """A device a person asks about, and how far along they are."""

    device_class = code("device_class", required=True)
    stage = code("device_stage", required=True)
    model = _model()


class DeviceLivedSchema(CairnSchema):
    """A device a person lived with; no ``until`` means it is still in use."""

    device_class = code("device_class", required=True)
    model = _model()
    since = month("first month of use")
    until = month("last month of use")


class LifeStageSchema(CairnSchema):
    """A stage of life, possibly with an end date."""

    code = code("life_stage", required=True)
    until = fields.Date(allow_none=True, metadata={"description": "last day on which it counts"})


class MustSchema(CairnSchema):
    """A mentee's own condition: a mentor who does not meet it is never proposed."""

    criterion = code("must", required=True)
    value = fields.String(
        required=True,
        validate=validate.Length(min=1, max=40, error="Please give one code or language tag."),
        metadata={
            "description": "a code of that vocabulary, a device model or a language tag; for a relation also `any`"
        },
    )


class JoinFields(CairnSchema):
    """The fields of every sign-up: name, contact, language and consents."""

    preferred_name = text(80, "what to call you; a first name or any name you like", allow_none=True)
    pronouns = text(40, "as you wish to be spoken of", allow_none=True)
    contact = fields.Nested(ContactSchema, required=True)
    locale = code("locale", allow_none=True, metadata={"description": "language of messages; else from `languages`"})
    consents = at_most(
        Code((*codes("consent"), "guardian"), axis="consent"),
        len(codes("consent")) + 1,
        "what you agree to; `matching` is needed, all else is your choice",
        required=True,
    )
