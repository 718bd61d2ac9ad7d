"""The facts that the matcher receives about a person: codes only, no name, no address, no free text.

The comment beside a ``str`` field names its vocabulary, unless it says otherwise.
"""

from dataclasses import dataclass
from datetime import date

from services.chassis.messages.moments import Moment


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A language a person uses, as a BCP 47 tag, and how well."""

    tag: str
    level: str  # language_level


@dataclass(frozen=True, kw_only=True)
class Window:
    """A weekly time when a person is free.

    Minutes after local midnight: ``start`` inclusive, ``end`` exclusive, up to 1440.
    """

    day: str  # weekday
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class LifeStage:
    """A stage of life, valid up to and including ``until``."""

    code: str  # life_stage
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class DeviceInterest:
    """A device a mentee asks about, and how far along they are."""

    device_class: str  # device_class
    stage: str  # device_stage
    model: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeviceLived:
    """A device a mentor has used, with its first and last month as ``YYYY-MM``; no ``until`` means still in use."""

    device_class: str  # device_class
    model: str | None = None
    since: str | None = None
    until: str | None = None


ALTERNATIVES = ("gender", "diabetes_type", "relation")
"""Criteria whose musts are alternatives: a mentor has to meet only one of a mentee's musts on such a criterion."""

ANY_RELATION = "any"


@dataclass(frozen=True, kw_only=True)
class Must:
    """A mentee's own condition: a criterion and the value that a mentor must have.

    A mentor must meet all musts, except those of one criterion in ``ALTERNATIVES``, of which one is enough. A
    ``relation`` may be ``ANY_RELATION`` (alone): then every relation to diabetes is accepted, not only the mentee's.
    """

    criterion: str  # must
    value: str  # a code of that vocabulary, a device model, or the tag of a language


@dataclass(frozen=True, kw_only=True)
class MenteeFacts:
    """The facts of a person who looks for a mentor."""

    waiting_since: Moment
    languages: tuple[Spoken, ...]
    relation: str  # relation
    diabetes_type: str  # diabetes_type
    diagnosed: str | None = None  # YYYY-MM
    situations: tuple[str, ...] = ()  # situation
    devices: tuple[DeviceInterest, ...] = ()
    life_stages: tuple[LifeStage, ...] = ()
    goals: tuple[str, ...] = ()  # goal
    topics: tuple[str, ...] = ()  # topic
    request_shape: str = "a_few_chats"  # request_shape
    formats: tuple[str, ...] = ()  # format; empty means any
    availability: tuple[Window, ...] = ()  # empty means any time
    time_zone: str = "UTC"
    matters_most: tuple[str, ...] = ()  # matters, up to three
    musts: tuple[Must, ...] = ()
    gender: str | None = None  # gender
    age_band: str | None = None  # age_band
    diagnosis_age_band: str | None = None  # diagnosis_age_band
    culture: tuple[str, ...] = ()  # culture
    styles: tuple[str, ...] = ()  # style
    only_support_is_self: bool = False
    never_met_a_peer: bool = False
    digital_comfort: str | None = None  # digital_comfort
    minor: bool = False


@dataclass(frozen=True, kw_only=True)
class MentorFacts:
    """The facts of a person who offers their lived experience."""

    languages: tuple[Spoken, ...]
    relations: tuple[str, ...]  # relation
    diabetes_types: tuple[str, ...]  # diabetes_type: what they live with, or the person they care for does
    approved: bool = False
    trained_until: date | None = None
    capacity: int = 1  # places: people accompanied at the same time
    hours_per_month: int | None = None
    diagnosed: str | None = None  # YYYY-MM
    situations: tuple[str, ...] = ()  # situation lived through
    devices: tuple[DeviceLived, ...] = ()
    life_stages: tuple[str, ...] = ()  # life_stage lived through
    goals: tuple[str, ...] = ()  # goal they are good at
    topics: tuple[str, ...] = ()  # topic
    request_shapes: tuple[str, ...] = ()  # request_shape accepted; empty means any
    formats: tuple[str, ...] = ()  # format; empty means any
    availability: tuple[Window, ...] = ()  # empty means any time
    time_zone: str = "UTC"
    gender: str | None = None  # gender
    age_band: str | None = None  # age_band
    diagnosis_age_band: str | None = None  # diagnosis_age_band
    culture: tuple[str, ...] = ()  # culture
    styles: tuple[str, ...] = ()  # style
    cleared_for_minors: bool = False
    also_clinician: bool = False
