"""Quiet hours in the reader's time zone: mail that is not urgent waits until they end."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
DAILY = time(9, 0)


@dataclass(frozen=True)
class QuietHours:
    """A daily span of time, possibly over midnight: ``start`` inclusive, ``end`` exclusive."""

    start: time
    end: time

    def cover(self, moment: time) -> bool:
        """Return whether a time of day lies within."""
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


def read_quiet_hours(text: str) -> QuietHours | None:
    """Return the quiet hours of a text such as ``21:00-08:00``, None for ``off``; raise ValueError for any other."""
    if text == "off":
        return None
    match = _HOURS.fullmatch(text)
    if match is None:
        raise ValueError("has to look like 21:00-08:00, or be off")
    start_hour, start_minute, end_hour, end_minute = (int(part) for part in match.groups())
    return QuietHours(time(start_hour, start_minute), time(end_hour, end_minute))


def after_quiet(moment: datetime, zone: str, quiet: QuietHours | None) -> datetime:
    """Return the first moment (UTC) at or after ``moment`` outside quiet hours in ``zone``."""
    local = moment.astimezone(zone_of(zone))
    if quiet is not None and quiet.cover(local.time()):
        local = _next(local, quiet.end)
    return local.astimezone(UTC)


def next_daily(moment: datetime, zone: str) -> datetime:
    """Return the next nine in the morning in ``zone`` (as UTC), the time of daily mail."""
    return _next(moment.astimezone(zone_of(zone)), DAILY).astimezone(UTC)


def _next(local: datetime, at: time) -> datetime:
    """Return the next moment with that wall-clock time; a time that a clock change skips moves right after the gap."""
    day = local.date() if local.time() <= at else local.date() + timedelta(days=1)
    return datetime.combine(day, at, tzinfo=local.tzinfo)


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of that name; UTC for an unknown name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
