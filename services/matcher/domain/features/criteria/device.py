"""Devices: the mentor has lived with the class the mentee asks about; same model and recent use count more (G2, N7).

Hard means: for a mentee who asks about devices, at least one of the classes was lived with, whatever the model or when.
"""

from datetime import date

from services.events.facts import DeviceInterest, DeviceLived
from services.events.vocabulary import codes
from services.matcher.domain.features.coded import AnyRule, ByTable
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.tables import by_cover, masks
from services.matcher.domain.people import Mentee, Mentor

Asked = tuple[str, str | None]  # class, model
Lived = tuple[str, str | None, int]  # class, model, recency 0 to 100


def code(pool: Pool) -> ByTable:
    """The mean, over the devices asked about, of the best the mentor has lived with."""
    same_class = int(pool.told("device")["same_class"])

    def points(asked: Asked, lived: Lived) -> int:
        near = pool.closeness("device", asked[0], lived[0])
        if asked[0] == lived[0] and asked[1] is not None and asked[1] != lived[1]:
            near = min(near, same_class)
        return near * lived[2] // 100

    table = by_cover(
        [_asked(mentee.facts.devices) for mentee in pool.mentees],
        [_lived(pool, mentor.facts.devices) for mentor in pool.mentors],
        points,
    )
    return ByTable(table.table, table.mentee_codes, table.mentor_codes, _rule(pool))


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """The classes asked about that the mentor has lived with."""
    lived = {device.device_class for device in mentor.facts.devices}
    return tuple(dict.fromkeys(one.device_class for one in mentee.facts.devices if one.device_class in lived))


def _asked(devices: tuple[DeviceInterest, ...]) -> tuple[Asked, ...]:
    return tuple(sorted({(device.device_class, device.model) for device in devices}, key=str))


def _lived(pool: Pool, devices: tuple[DeviceLived, ...]) -> tuple[Lived, ...]:
    return tuple(sorted({(d.device_class, d.model, recency(pool, d.until)) for d in devices}, key=str))


def recency(pool: Pool, until: str | None) -> int:
    """What experience is worth that ended in month ``until`` (``YYYY-MM``); all while it goes on."""
    months = 0 if until is None else months_between(until, pool.today)
    return next(int(points) for most, points in pool.told("device")["recency"] if months <= most)


def months_between(month: str, day: date) -> int:
    """Whole months from ``YYYY-MM`` to the month of a day, never negative."""
    year, number = (int(part) for part in month.split("-"))
    return max(0, 12 * (day.year - year) + day.month - number)


def _rule(pool: Pool) -> AnyRule:
    bit = {one: 1 << place for place, one in enumerate(codes("device_class"))}
    unasked = 1 << len(bit)
    return AnyRule(
        masks([sum(bit[c] for c in {d.device_class for d in m.facts.devices}) or unasked for m in pool.mentees]),
        masks([sum(bit[c] for c in {d.device_class for d in m.facts.devices}) | unasked for m in pool.mentors]),
    )
