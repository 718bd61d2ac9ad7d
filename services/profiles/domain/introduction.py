"""The introduction of two people: who may see it, and from when on how to reach each other."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.events.matcher import Reason

Stage = Literal["accepted", "active", "ended"]
_ORDER = {"accepted": 0, "active": 1, "ended": 2}


@dataclass(frozen=True, kw_only=True)
class Introduction:
    """A match as far as the two people see it here; names and words are read when they look."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    stage: Stage
    confirm_by: datetime | None = None
    reasons: tuple[Reason, ...] = ()

    def other(self, person_id: str) -> str | None:
        """Return the other of the two, None for a stranger."""
        return {self.mentee_id: self.mentor_id, self.mentor_id: self.mentee_id}.get(person_id)

    @property
    def contact_open(self) -> bool:
        """Whether the two may see how to reach each other: only while the match is active (invariant I10)."""
        return self.stage == "active"


def merge(known: Introduction | None, heard: Introduction) -> Introduction:
    """Return what is true after hearing of a match: a later stage never goes back, what was known is kept."""
    if known is None:
        return heard
    stage = heard.stage if _ORDER[heard.stage] > _ORDER[known.stage] else known.stage
    return replace(
        known,
        stage=stage,
        confirm_by=known.confirm_by or heard.confirm_by,
        reasons=known.reasons or heard.reasons,
    )
