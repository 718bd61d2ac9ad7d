"""The coming week as 168 hours in UTC: bit 24 * weekday + hour, Monday first."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.events.facts import Window
from services.events.vocabulary import codes

SLOTS = 168
ANY_TIME = (1 << SLOTS) - 1


def free_slots(windows: tuple[Window, ...], time_zone: str, day: date) -> int:
    """Return the hours of the seven days after ``day`` in which a person is free, as bits of the UTC week.

    No window means any time. Each window is placed on its day in the person's own zone, with the offset of that very
    day, so that a change of clocks counts from the day it happens. Both ends are rounded to the nearest hour alike
    (half hours up): two people in a half-hour zone keep their overlap, and a shorter window never gains an hour.
    """
    if not windows:
        return ANY_TIME
    slots = 0
    for window in windows:
        slots |= _slots_of(window.day, window.start, window.end, time_zone, day)
    return slots


@lru_cache(maxsize=50_000)  # many people share a window
def _slots_of(weekday: str, start: int, end: int, time_zone: str, day: date) -> int:
    """Return the hours of one window."""
    monday = datetime.combine(day - timedelta(days=day.weekday()), time(), tzinfo=ZoneInfo("UTC"))
    ahead = (codes("weekday").index(weekday) - day.weekday() - 1) % 7 + 1
    instants = [_instant(day + timedelta(days=ahead), minute, time_zone) for minute in (start, end)]
    first, last = (int((instant - monday + timedelta(minutes=30)).total_seconds() // 3600) for instant in instants)
    return sum({1 << hour % SLOTS for hour in range(first, last)})


def _instant(day: date, minute: int, time_zone: str) -> datetime:
    """Return a wall-clock minute of a day in a zone, as UTC; 1440 is the midnight that follows."""
    local = datetime.combine(day + timedelta(days=minute // 1440), time(), tzinfo=ZoneInfo(time_zone))
    return (local + timedelta(minutes=minute % 1440)).astimezone(ZoneInfo("UTC"))
