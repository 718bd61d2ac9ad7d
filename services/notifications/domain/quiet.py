"""Quiet hours, by the reader's own clock: mail that is not urgent waits for the morning."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
DAILY = time(9, 0)


@dataclass(frozen=True)
class QuietHours:
    """A span of every day, possibly over midnight: `start` inclusive, `end` exclusive."""

    start: time
    end: time

    def cover(self, moment: time) -> bool:
        """Whether a time of day lies within."""
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


def read_quiet_hours(text: str) -> QuietHours | None:
    """Read `21:00-08:00`; `off` is None. ValueError for anything else."""
    if text == "off":
        return None
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError("has to look like 21:00-08:00, or be off")
    first, second, third, fourth = (int(part) for part in found.groups())
    return QuietHours(time(first, second), time(third, fourth))


def after_quiet(moment: datetime, zone: str, quiet: QuietHours | None) -> datetime:
    """The first moment from `moment` on (UTC) that is not quiet for somebody in `zone`."""
    local = moment.astimezone(zone_of(zone))
    if quiet is not None and quiet.cover(local.time()):
        local = _next(local, quiet.end)
    return local.astimezone(UTC)


def next_daily(moment: datetime, zone: str) -> datetime:
    """The next nine in the morning (UTC) for somebody in `zone`: when those who like their mail once a day get it."""
    return _next(moment.astimezone(zone_of(zone)), DAILY).astimezone(UTC)


def _next(local: datetime, at: time) -> datetime:
    """The next moment with that wall-clock time; a time that a clock change skips comes right after the gap."""
    day = local.date() if local.time() <= at else local.date() + timedelta(days=1)
    return datetime.combine(day, at, tzinfo=local.tzinfo)


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name; UTC when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
