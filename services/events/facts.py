"""The facts that the matcher receives about a person: codes only, no name, no address, no free text.

An annotation says what a fact means (``fact_table``); facts that mentees and mentors share have one annotation. API
fields, responses, columns of people files and validation derive from it. In nested classes, the comment beside a
``str`` field names its vocabulary.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from services.chassis.i18n.sentence import Sentence
from services.chassis.messages.moments import Moment
from services.events.fact_table import Coded, Entries, Month, Number, TimeZone, YesNo


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
MOST_WINDOWS = 50


@dataclass(frozen=True, kw_only=True)
class Must:
    """A mentee's own condition: a criterion and the value that a mentor must have.

    A mentor must meet all musts, except those of one criterion in ``ALTERNATIVES``, of which one is enough. A
    ``relation`` may be ``ANY_RELATION`` (alone): then every relation to diabetes is accepted, not only the mentee's.
    """

    criterion: str  # must
    value: str  # a code of that vocabulary, a device model, or the tag of a language


Languages = Annotated[tuple[Spoken, ...], Entries("languages, best first", most=20)]
Diagnosed = Annotated[str | None, Month("month of diagnosis")]
Situations = Annotated[tuple[str, ...], Coded("what brings you here, or what you lived through", axis="situation")]
Goals = Annotated[tuple[str, ...], Coded("what company is wanted or given", axis="goal")]
Topics = Annotated[tuple[str, ...], Coded("what to talk about", axis="topic")]
Formats = Annotated[tuple[str, ...], Coded("ways of talking; none means any", axis="format")]
Availability = Annotated[tuple[Window, ...], Entries("weekly windows", most=MOST_WINDOWS, place="availability.windows")]
Zone = Annotated[str, TimeZone("IANA name of the time zone", place="availability.time_zone")]
Gender = Annotated[str | None, Coded("only if you wish to give it", axis="gender")]
AgeBand = Annotated[str | None, Coded(axis="age_band")]
DiagnosisAgeBand = Annotated[str | None, Coded(axis="diagnosis_age_band")]
Culture = Annotated[tuple[str, ...], Coded("as you describe yourself, if you wish", axis="culture")]
Styles = Annotated[tuple[str, ...], Coded("how you like to talk", axis="style")]


@dataclass(frozen=True, kw_only=True)
class MenteeFacts:
    """The facts of a person who looks for a mentor."""

    waiting_since: Moment
    languages: Languages
    relation: Annotated[str, Coded(axis="relation")]
    diabetes_type: Annotated[str, Coded(axis="diabetes_type")]
    diagnosed: Diagnosed = None
    situations: Situations = ()
    devices: Annotated[tuple[DeviceInterest, ...], Entries("devices you use or think about", most=10)] = ()
    life_stages: Annotated[tuple[LifeStage, ...], Entries("stages of life now", axis="life_stage")] = ()
    goals: Goals = ()
    topics: Topics = ()
    request_shape: Annotated[str, Coded("how much company you wish for", axis="request_shape")] = "a_few_chats"
    formats: Formats = ()
    availability: Availability = ()  # empty means any time
    time_zone: Zone = "UTC"
    matters_most: Annotated[tuple[str, ...], Coded("what matters most in a mentor, up to three", axis="matters")] = ()
    musts: Annotated[
        tuple[Must, ...],
        Entries(
            "conditions; each makes the wait longer. They hold together; of genders, types, relations one is enough",
            most=8,
        ),
    ] = ()
    gender: Gender = None
    age_band: AgeBand = None
    diagnosis_age_band: DiagnosisAgeBand = None
    culture: Culture = ()
    styles: Styles = ()
    only_support_is_self: bool = False
    never_met_a_peer: bool = False
    digital_comfort: Annotated[str | None, Coded(axis="digital_comfort")] = None
    minor: bool = False


@dataclass(frozen=True, kw_only=True)
class MentorFacts:
    """The facts of a person who offers their lived experience."""

    languages: Languages
    relations: Annotated[tuple[str, ...], Coded("how you know diabetes", axis="relation")]
    diabetes_types: Annotated[tuple[str, ...], Coded("what you, or whom you care for, live with", axis="diabetes_type")]
    approved: bool = False
    trained_until: date | None = None
    capacity: Annotated[
        int,
        Number(
            "how many people you accompany at the same time",
            least=1,
            most=10,
            wanted=Sentence("Please give %(least)s to %(most)s people at the same time."),
        ),
    ] = 1
    hours_per_month: Annotated[
        int | None, Number(least=1, most=100, wanted=Sentence("Please give %(least)s to %(most)s hours."))
    ] = None
    diagnosed: Diagnosed = None
    situations: Situations = ()
    devices: Annotated[tuple[DeviceLived, ...], Entries("devices you lived with", most=20)] = ()
    life_stages: Annotated[tuple[str, ...], Coded("stages of life you lived through", axis="life_stage")] = ()
    goals: Goals = ()
    topics: Topics = ()
    request_shapes: Annotated[tuple[str, ...], Coded("what you offer; none means any", axis="request_shape")] = ()
    formats: Formats = ()
    availability: Availability = ()  # empty means any time
    time_zone: Zone = "UTC"
    gender: Gender = None
    age_band: AgeBand = None
    diagnosis_age_band: DiagnosisAgeBand = None
    culture: Culture = ()
    styles: Styles = ()
    cleared_for_minors: bool = False
    also_clinician: Annotated[bool, YesNo("you also work in health care; you speak as a peer here")] = False
