"""Devices: the mentor has lived with the class the mentee asks about; same model and recent use count more (G2, N7).

The mentee's stage with each device decides whose experience is near. A mentee who considers, starts or uses a device
needs recent experience, so experience that ended long ago counts less; for a mentee who stopped or switched, experience
of any age counts alike.

Like tags, devices have a *breadth*: up to that many count in full, named by a mentee or lived with by a mentor; beyond
it each counts less, so that ticking all of them never pays.

As a hard rule: the mentor has lived with at least one of the classes asked about, whatever the model or the dates.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from services.events.facts import DeviceInterest, DeviceLived
from services.events.vocabulary import codes
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import ByTable, SharesABit, one_word
from services.matcher.domain.criteria.lookup_tables import by_cover, masks
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.weights import criterion_data


class Asked(NamedTuple):
    """A device a mentee names; ``counts`` 0 to 100, by how many they name."""

    kind: str
    model: str | None
    whenever: bool  # experience of any age counts in full
    counts: int


class Lived(NamedTuple):
    """A device a mentor has lived with; ``recency`` and ``counts`` 0 to 100."""

    kind: str
    model: str | None
    recency: int
    counts: int


def code(pool: Pool) -> ByTable:
    """Encode the mean, over the devices asked about, of the nearest one the mentor has lived with."""
    same_class = int(pool.data("device")["same_class"])

    def points(asked: Asked, lived: Lived) -> int:
        near = pool.closeness("device", asked.kind, lived.kind)
        if asked.kind == lived.kind and asked.model is not None and asked.model != lived.model:
            near = min(near, same_class)
        today = 100 if asked.whenever else lived.recency
        return near * today * asked.counts * lived.counts // 100**3

    table = by_cover(pool.mentee_answers(_asked), pool.mentor_answers(_lived), points)
    return ByTable(table.table, table.mentee_codes, table.mentor_codes, _rule(pool))


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """Return the classes asked about that the mentor has lived with."""
    lived = {device.device_class for device in mentor.facts.devices}
    return tuple(dict.fromkeys(device.device_class for device in mentee.facts.devices if device.device_class in lived))


def _asked(mentee: Mentee, _day: date) -> tuple[Asked, ...]:
    devices, after = mentee.facts.devices, criterion_data("device")["whenever_it_ended"]
    counts = _each_counts(devices)
    return tuple(dict.fromkeys(Asked(d.device_class, d.model, d.stage in after, counts) for d in devices))


def _lived(mentor: Mentor, day: date) -> tuple[Lived, ...]:
    devices = mentor.facts.devices
    counts = _each_counts(devices)
    return tuple(sorted({Lived(d.device_class, d.model, recency(d.until, day), counts) for d in devices}, key=str))


SHARED_BY = _asked, _lived


def _each_counts(devices: Sequence[DeviceInterest | DeviceLived]) -> int:
    """Return 100 up to the breadth, in proportion beyond; the same device at two times counts once."""
    named = len({(device.device_class, device.model) for device in devices})
    return min(100, 100 * int(criterion_data("device")["breadth"]) // max(1, named))


def recency(until: str | None, day: date) -> int:
    """Return the worth, 0 to 100, of experience that ended in month ``until`` (``YYYY-MM``; None: still going on)."""
    months = 0 if until is None else months_between(until, day)
    return next(int(points) for most, points in criterion_data("device")["recency"] if months <= most)


def months_between(month: str, day: date) -> int:
    """Return the whole months from ``YYYY-MM`` to the month of a day, never negative."""
    year, number = (int(part) for part in month.split("-"))
    return max(0, 12 * (day.year - year) + day.month - number)


def _classes_asked(mentee: Mentee, _day: date) -> int:
    """Return the classes a mentee asks about, as bits; without any, the bit that every mentor has."""
    return _class_bits(mentee.facts.devices) or _unasked()


def _classes_lived(mentor: Mentor, _day: date) -> int:
    return _class_bits(mentor.facts.devices) | _unasked()


def _class_bits(devices: Sequence[DeviceInterest | DeviceLived]) -> int:
    every = codes("device_class")
    return sum({1 << every.index(device.device_class) for device in devices})


def _unasked() -> int:
    return 1 << len(codes("device_class"))


def _rule(pool: Pool) -> SharesABit:
    return one_word(
        masks(pool.mentee_answers(_classes_asked)),
        masks(pool.mentor_answers(_classes_lived)),
    )
