"""How a cell of a people file is read: codes or their labels, lists, languages, devices, windows, dates.

A list is separated by ``;`` and the parts of one entry by ``:`` (``es:native; en:fluent``). Every reader raises
``BadCellError`` with what to write instead.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeVar

from services.chassis.i18n.language_tags import standard_tag
from services.events.facts import DeviceInterest, DeviceLived, LifeStage, Must, Spoken, Window
from services.events.validation import standard_must
from services.events.vocabulary import find_code, nearest

T = TypeVar("T")
_WINDOW = re.compile(r"(?P<day>\w+)\s+(?P<start>\d{1,2}:\d\d)\s*-\s*(?P<end>\d{1,2}:\d\d)")
_DAY_OF_MONTH = re.compile(r"\d{4}-\d\d-\d\d")
_YES = frozenset({"yes", "y", "true", "1", "sí", "si", "oui", "نعم"})
_NO = frozenset({"no", "n", "false", "0", "", "non", "لا"})
_CODED_MUSTS = ("gender", "device_class", "diabetes_type", "relation", "format", "life_stage")
_MONTHS_FROM = 2  # a device is class, model, first month, last month


class BadCellError(ValueError):
    """A cell that cannot be read; the message says what to write."""


def code(axis: str) -> Callable[[str], str]:
    """One code of a vocabulary, or its label in a language that Cairn speaks."""

    def read(text: str) -> str:
        found = find_code(axis, text)
        if found is None:
            raise BadCellError(f"{text!r} is not a {axis.replace('_', ' ')}; nearest: {', '.join(nearest(axis, text))}")
        return found

    return read


def several(one: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    """A list of whatever ``one`` reads; empty entries are left out."""

    def read(text: str) -> tuple[T, ...]:
        return tuple(map(one, entries(text)))

    return read


def entries(text: str) -> list[str]:
    """The entries of a list as they are written."""
    return [part.strip() for part in text.split(";") if part.strip()]


def spoken(text: str) -> Spoken:
    """``tag:level``; the level is fluent where it is left out."""
    tag, _, level = text.partition(":")
    return Spoken(tag=language(tag.strip()), level=code("language_level")(level or "fluent"))


def language(tag: str) -> str:
    """A BCP 47 tag in its standard spelling, or the name of a language that Cairn speaks, in one of them."""
    found = standard_tag(tag) or find_code("locale", tag)
    if found is None:
        raise BadCellError(f"{tag!r} is not a language; write a tag such as en, es-MX or ase")
    return found


def life_stage(text: str) -> LifeStage:
    """``code`` or ``code:last day``."""
    name, _, until = text.partition(":")
    return LifeStage(code=code("life_stage")(name), until=day(until.strip()) if until else None)


def device_asked(text: str) -> DeviceInterest:
    """``class:stage`` or ``class:stage:model``."""
    kind, stage, model = _parts(text, 3)
    told = code("device_stage")(stage or "considering")
    return DeviceInterest(device_class=code("device_class")(kind), stage=told, model=model or None)


def device_lived(text: str) -> DeviceLived:
    """``class:model:first month:last month``; what comes after the class may be left out."""
    kind, model, *months = _parts(text, 4)
    since, until = (one or None for one in months[:_MONTHS_FROM])
    return DeviceLived(device_class=code("device_class")(kind), model=model or None, since=since, until=until)


def must(text: str) -> Must:
    """``criterion:value``."""
    criterion, value = _parts(text, 2)
    if not value:
        raise BadCellError(f"{text!r} has no value; write criterion:value, such as gender:woman")
    kind = find_code("must", criterion) or criterion
    return standard_must(kind, find_code(kind, value) or value if kind in _CODED_MUSTS else value)


def window(text: str) -> Window:
    """``mon 18:00-20:30``; the end of a day is 24:00."""
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise BadCellError(f"{text!r} is not a weekly time; write for example mon 18:00-20:30")
    start, end = _minutes(found["start"]), _minutes(found["end"])
    if start is None or end is None:
        raise BadCellError(f"{text!r} has a time that is not there; a day goes from 0:00 to 24:00")
    return Window(day=code("weekday")(found["day"].lower()), start=start, end=end)


def month(text: str) -> str:
    """``YYYY-MM``, or a day of that month; it is judged with the rest of what the person says."""
    return text[:7] if _DAY_OF_MONTH.fullmatch(text) else text


def as_it_is(text: str) -> str:
    """A text that is judged with the rest of what the person says (a month, a time zone)."""
    return text


def day(text: str) -> date:
    """``YYYY-MM-DD``."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadCellError(f"{text!r} is not a day; write for example 2026-05-31") from error


def instant(text: str) -> datetime:
    """A day, or a moment with its zone; a moment without one is in UTC."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadCellError(f"{text!r} is not a day or a moment; write for example 2026-05-31") from error
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def yes_no(text: str) -> bool:
    """Yes or no, in a language that Cairn speaks."""
    if text.casefold() not in _YES | _NO:
        raise BadCellError(f"{text!r} is neither yes nor no")
    return text.casefold() in _YES


def whole(text: str) -> int:
    """A whole number."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise BadCellError(f"{text!r} is not a whole number; write for example 2")
    return int(text)


def _parts(text: str, most: int) -> list[str]:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) > most:
        raise BadCellError(f"{text!r} has more than {most} parts")
    return parts + [""] * (most - len(parts))


def _minutes(clock: str) -> int | None:
    """Minutes after midnight; None for a time that no clock shows."""
    hours, minutes = (int(part) for part in clock.split(":"))
    return 60 * hours + minutes if minutes < 60 and 60 * hours + minutes <= 24 * 60 else None
