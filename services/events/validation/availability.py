"""Validate a person's weekly availability."""

import difflib
from collections.abc import Iterator, Sequence
from functools import cache, partial
from zoneinfo import available_timezones

from services.chassis.i18n.sentence import Hint, Sentence
from services.events.facts import Window
from services.events.validation.fault import Fault


def availability_faults(windows: Sequence[Window], time_zone: str) -> Iterator[Fault]:
    """Yield windows that end before they start, repeat or overlap another, and an unknown time zone."""
    yield from _zone_faults(time_zone)
    for index, window in enumerate(windows):
        field = f"availability.windows.{index}"
        if window.end <= window.start:
            yield Fault(
                f"{field}.end",
                "This ends before it starts. Give a time over midnight as two windows: up to 24:00, and from 00:00 on "
                "the next day.",
            )
            continue
        yield from _overlap_faults(field, window, windows[:index])


def _overlap_faults(field: str, window: Window, earlier: Sequence[Window]) -> Iterator[Fault]:
    for other in earlier:
        if window == other:
            yield Fault(
                field, Sentence("%(window)s is there already; leave one of the two out.", window=_format_window(other))
            )
        elif window.day == other.day and window.start < other.end and other.start < window.end:
            yield Fault(
                field, Sentence("This overlaps %(window)s; join the two into one.", window=_format_window(other))
            )


def _format_window(window: Window) -> str:
    start, end = (f"{minute // 60:02d}:{minute % 60:02d}" for minute in (window.start, window.end))
    return f"{window.day} {start}-{end}"


def _zone_faults(time_zone: str) -> Iterator[Fault]:
    if time_zone not in _zones():
        what = Hint(
            "We don't know this time zone; give its IANA name, such as Europe/London.", partial(_near_zones, time_zone)
        )
        yield Fault("availability.time_zone", what)


def _near_zones(time_zone: str) -> tuple[str, ...]:
    return tuple(difflib.get_close_matches(time_zone, _zones(), n=3, cutoff=0.5)) or ("UTC",)


@cache
def _zones() -> frozenset[str]:
    """Return every known time zone; cached, because each lookup walks the whole time zone folder."""
    return frozenset(available_timezones())
