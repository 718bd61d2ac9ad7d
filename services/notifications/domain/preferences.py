"""What a person wishes of our messages: how many, and when."""

from dataclasses import dataclass, replace
from typing import Literal

from services.notifications.domain.quiet import QuietHours, read_quiet_hours

Pace = Literal["at_once", "once_a_day"]
PACES: tuple[Pace, ...] = ("at_once", "once_a_day")


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """One person's wishes; `version` counts their changes, 0 is what everybody starts with.

    `helpful` is False after unsubscribing: only what is needed or asked for is sent then. `quiet_hours` is
    `21:00-08:00`, `off`, or None for the programme's own.
    """

    person_id: str
    version: int = 0
    helpful: bool = True
    pace: Pace = "at_once"
    quiet_hours: str | None = None

    def quiet(self, programme: QuietHours | None) -> QuietHours | None:
        """The quiet hours that hold for this person."""
        return programme if self.quiet_hours is None else read_quiet_hours(self.quiet_hours)


def unsubscribed(known: Preferences) -> Preferences:
    """The same wishes with no more helpful messages; unchanged when that was so already."""
    return replace(known, helpful=False, version=known.version + 1) if known.helpful else known
