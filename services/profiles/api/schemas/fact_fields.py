"""Request fields of the answers of mentees and mentors, from the table of facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from services.chassis.web.fields import CairnSchema
from services.events.fact_table import Coded, Entries, Fact, Month, Number, Text, YesNo, answers_of
from services.events.facts import DeviceInterest, DeviceLived, LifeStage, Must, Spoken
from services.events.vocabulary import codes
from services.profiles.api.schemas import parts

_ENTRY: Mapping[type, type[CairnSchema]] = {
    Spoken: parts.SpokenSchema,
    LifeStage: parts.LifeStageSchema,
    DeviceInterest: parts.DeviceInterestSchema,
    DeviceLived: parts.DeviceLivedSchema,
    Must: parts.MustSchema,
}
_GROUP = {"availability": parts.AvailabilitySchema}


def answer_fields(*classes: type, join: bool = False) -> dict[str, fields.Field[Any]]:
    """Return the fields of the answers of these classes, by name.

    Answers without a default are required to ``join`` the programme; a change may leave each of them out.
    """
    made: dict[str, fields.Field[Any]] = {}
    for fact in answers_of(*classes):
        group, _, nested = fact.place.partition(".")
        made[group] = fields.Nested(_GROUP[group]) if nested else _field(fact, {"required": True} if join else {})
    return made


def _field(fact: Fact, required: Mapping[str, Any]) -> fields.Field[Any]:
    """Return the field of a fact; ``required`` counts only for facts without a default."""
    options: dict[str, Any] = dict(required) if fact.required else {}
    if fact.nullable:
        options["allow_none"] = True
    least = 1 if fact.required else 0
    match fact.answer:
        case Coded(about=about, axis=axis) if fact.several:
            return parts.at_most(parts.code(axis), len(codes(axis)), about, least=least, **options)
        case Coded(about=about, axis=axis):
            return parts.code(axis, **options, **_described(about))
        case Entries(about=about, most=most, axis=axis):
            most = most if axis is None else len(codes(axis))
            return parts.at_most(fields.Nested(_ENTRY[fact.type]), most or 0, about, least=least, **options)
        case Number(about=about, least=low, most=high, sentence=error):
            return parts.Whole(validate=validate.Range(low, high, error=error), **options, **_described(about))
        case Month(about=about):
            return parts.month(about)
        case Text(about=about, most=most):
            return parts.text(most, about, **options)
        case YesNo(about=about):
            return parts.YesNo(**options, **_described(about))
        case _:
            raise TypeError(f"{fact.name}: the API has no field for {fact.answer}; add it here.")


def _described(about: str) -> dict[str, Any]:
    return {"metadata": {"description": about}} if about else {}
