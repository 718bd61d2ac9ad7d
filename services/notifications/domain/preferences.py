"""A person's preferences: how many messages they want, and when."""

from dataclasses import dataclass, replace
from typing import Literal

from services.notifications.domain.quiet import QuietHours, read_quiet_hours

Pace = Literal["at_once", "once_a_day"]
PACES: tuple[Pace, ...] = ("at_once", "once_a_day")


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """One person's preferences; ``version`` counts their changes, 0 means the defaults.

    ``helpful`` is False after unsubscribing: only needed and requested messages are sent then. ``quiet_hours`` is
    ``21:00-08:00``, ``off``, or None for the programme's own.
    """

    person_id: str
    version: int = 0
    helpful: bool = True
    pace: Pace = "at_once"
    quiet_hours: str | None = None

    def quiet(self, programme: QuietHours | None) -> QuietHours | None:
        """Return the quiet hours of this person, given the programme's."""
        return programme if self.quiet_hours is None else read_quiet_hours(self.quiet_hours)


def unsubscribed(known: Preferences) -> Preferences:
    """Return the preferences without helpful messages; the same object when they were off already."""
    return replace(known, helpful=False, version=known.version + 1) if known.helpful else known
