"""Read the cells of a people file: codes or their labels, lists, languages, devices, windows, dates.

A list is separated by ``;`` and the parts of one entry by ``:`` (``es:native; en:fluent``). Every reader raises
``BadCellError``, whose message says what to write instead.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeVar

from services.chassis.i18n.language_tags import standard_tag
from services.events.facts import DeviceInterest, DeviceLived, LifeStage, Must, Spoken, Window
from services.events.validation import standard_must
from services.events.vocabulary import find_code, nearest, vocabularies

T = TypeVar("T")
_WINDOW = re.compile(r"(?P<day>\w+)\s+(?P<start>\d{1,2}:\d\d)\s*-\s*(?P<end>\d{1,2}:\d\d)")
_DAY_OF_MONTH = re.compile(r"\d{4}-\d\d-\d\d")
_YES = frozenset({"yes", "y", "true", "1", "sí", "si", "oui", "نعم"})
_NO = frozenset({"no", "n", "false", "0", "", "non", "لا"})
_MONTHS_FROM = 2  # a device is class, model, first month, last month


class BadCellError(ValueError):
    """A cell that cannot be read; the message says what to write."""


def code(axis: str) -> Callable[[str], str]:
    """Return a reader of one code of a vocabulary, or of its label in a supported language."""

    def read(text: str) -> str:
        known = find_code(axis, text)
        if known is None:
            raise BadCellError(f"{text!r} is not a {axis.replace('_', ' ')}; nearest: {', '.join(nearest(axis, text))}")
        return known

    return read


def several(one: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    """Return a reader of a list whose entries ``one`` reads; empty entries are left out."""

    def read(text: str) -> tuple[T, ...]:
        return tuple(map(one, entries(text)))

    return read


def entries(text: str) -> list[str]:
    """Return the entries of a list as written."""
    return [part.strip() for part in text.split(";") if part.strip()]


def spoken(text: str) -> Spoken:
    """Read ``tag:level``; without a level, fluent."""
    tag, _, level = text.partition(":")
    return Spoken(tag=language(tag.strip()), level=code("language_level")(level or "fluent"))


def language(tag: str) -> str:
    """Return a BCP 47 tag in standard spelling, from a tag or a supported language's name."""
    standard = standard_tag(tag) or find_code("locale", tag)
    if standard is None:
        raise BadCellError(f"{tag!r} is not a language; write a tag such as en, es-MX or ase")
    return standard


def life_stage(text: str) -> LifeStage:
    """Read ``code`` or ``code:last day``."""
    name, _, until = text.partition(":")
    return LifeStage(code=code("life_stage")(name), until=day(until.strip()) if until else None)


def device_asked(text: str) -> DeviceInterest:
    """Read ``class:stage`` or ``class:stage:model``."""
    kind, stage, model = _parts(text, 3)
    stage_code = code("device_stage")(stage or "considering")
    return DeviceInterest(device_class=code("device_class")(kind), stage=stage_code, model=model or None)


def device_lived(text: str) -> DeviceLived:
    """Read ``class:model:first month:last month``; everything after the class is optional."""
    kind, model, *months = _parts(text, 4)
    since, until = (part or None for part in months[:_MONTHS_FROM])
    return DeviceLived(device_class=code("device_class")(kind), model=model or None, since=since, until=until)


def must(text: str) -> Must:
    """Read ``criterion:value``."""
    criterion, value = _parts(text, 2)
    if not value:
        raise BadCellError(f"{text!r} has no value; write criterion:value, such as gender:woman")
    kind = find_code("must", criterion) or criterion
    return standard_must(kind, find_code(kind, value) or value if kind in vocabularies() else value)


def window(text: str) -> Window:
    """Read ``mon 18:00-20:30``; the end of a day is 24:00."""
    parts = _WINDOW.fullmatch(text)
    if parts is None:
        raise BadCellError(f"{text!r} is not a weekly time; write for example mon 18:00-20:30")
    start, end = _minutes(parts["start"]), _minutes(parts["end"])
    if start is None or end is None:
        raise BadCellError(f"{text!r} has a time that is not there; a day goes from 0:00 to 24:00")
    return Window(day=code("weekday")(parts["day"].lower()), start=start, end=end)


def month(text: str) -> str:
    """Read ``YYYY-MM``, or a day of that month; validated later, with the person's other facts."""
    return text[:7] if _DAY_OF_MONTH.fullmatch(text) else text


def as_it_is(text: str) -> str:
    """Return the text unchanged; validated later, with the person's other facts."""
    return text


def day(text: str) -> date:
    """Read ``YYYY-MM-DD``."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadCellError(f"{text!r} is not a day; write for example 2026-05-31") from error


def instant(text: str) -> datetime:
    """Read a day, or a moment with its zone; without a zone, UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadCellError(f"{text!r} is not a day or a moment; write for example 2026-05-31") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def yes_no(text: str) -> bool:
    """Read yes or no, in a supported language."""
    if text.casefold() not in _YES | _NO:
        raise BadCellError(f"{text!r} is neither yes nor no")
    return text.casefold() in _YES


def whole(text: str) -> int:
    """Read a whole number."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise BadCellError(f"{text!r} is not a whole number; write for example 2")
    return int(text)


def _parts(text: str, most: int) -> list[str]:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) > most:
        raise BadCellError(f"{text!r} has more than {most} parts")
    return parts + [""] * (most - len(parts))


def _minutes(clock: str) -> int | None:
    """Return minutes after midnight; None for an invalid time."""
    hours, minutes = (int(part) for part in clock.split(":"))
    return 60 * hours + minutes if minutes < 60 and 60 * hours + minutes <= 24 * 60 else None
