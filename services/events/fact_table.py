"""The table of facts: what each field of a person's facts means, read from the annotations of its class.

A class of ``facts`` is a part of the table. A field that the person answers themselves has an ``Answer`` in its
annotation; the others are decided by the programme or derived from answers. API fields, responses, columns of people
files, validation and generated people derive from the table.
"""

import dataclasses
import typing
from dataclasses import MISSING, dataclass
from functools import cache, cached_property
from typing import Any

from services.chassis.i18n.sentence import Sentence


@dataclass(frozen=True)
class Answer:
    """A person's answer: ``about`` describes it to them, ``place`` is its path in request bodies where not its name."""

    about: str = ""
    place: str = dataclasses.field(default="", kw_only=True)


@dataclass(frozen=True)
class Coded(Answer):
    """A code of the vocabulary ``axis``, or several different ones where the field is a tuple."""

    axis: str = dataclasses.field(kw_only=True)


@dataclass(frozen=True)
class Entries(Answer):
    """A list of up to ``most`` objects; with ``axis`` instead, of at most one per code of that vocabulary."""

    most: int | None = dataclasses.field(default=None, kw_only=True)
    axis: str | None = dataclasses.field(default=None, kw_only=True)


@dataclass(frozen=True)
class Number(Answer):
    """A whole number from ``least`` to ``most`` (inclusive); ``wanted`` asks for it and names both bounds."""

    least: int = dataclasses.field(kw_only=True)
    most: int = dataclasses.field(kw_only=True)
    wanted: Sentence = dataclasses.field(kw_only=True)

    @property
    def sentence(self) -> Sentence:
        """Return ``wanted`` with the bounds filled in."""
        return Sentence(self.wanted.key, least=self.least, most=self.most)


@dataclass(frozen=True)
class Month(Answer):
    """A month as ``YYYY-MM``, never in the future."""


@dataclass(frozen=True)
class TimeZone(Answer):
    """The IANA name of a time zone."""


@dataclass(frozen=True)
class YesNo(Answer):
    """Yes or no."""


@dataclass(frozen=True)
class Text(Answer):
    """A text in the person's own words, up to ``most`` characters; never part of the facts for matching."""

    most: int = dataclasses.field(kw_only=True)


@dataclass(frozen=True)
class Fact:
    """A row of the table: ``type`` is the type of the value, or of each entry where ``several``; None is left out."""

    name: str
    type: Any
    several: bool
    required: bool
    nullable: bool
    answer: Answer | None

    @cached_property
    def place(self) -> str:
        """Return the dotted path of the answer in request bodies, responses and faults."""
        return (self.answer.place if self.answer else "") or self.name


@cache
def facts_of(cls: type) -> tuple[Fact, ...]:
    """Return the facts of a class in order of declaration."""
    hints = typing.get_type_hints(cls, include_extras=True)
    return tuple(_fact(field, hints[field.name]) for field in dataclasses.fields(cls))


def answers_of(*classes: type) -> tuple[Fact, ...]:
    """Return the facts of the classes that people answer themselves."""
    return tuple(fact for cls in classes for fact in facts_of(cls) if fact.answer is not None)


def _fact(field: "dataclasses.Field[Any]", hint: Any) -> Fact:
    marks = getattr(hint, "__metadata__", ())
    bare = hint.__origin__ if marks else hint
    several = typing.get_origin(bare) is tuple
    arguments = typing.get_args(bare)
    return Fact(
        name=field.name,
        type=next((option for option in arguments if option is not type(None)), bare),
        several=several,
        required=field.default is MISSING,
        nullable=type(None) in arguments,
        answer=next((mark for mark in marks if isinstance(mark, Answer)), None),
    )
