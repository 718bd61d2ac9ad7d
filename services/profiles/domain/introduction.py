"""The introduction of two people: who may see it, and when it shows contact details."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.events.matcher import Reason

Stage = Literal["accepted", "active", "ended"]
_ORDER = {"accepted": 0, "active": 1, "ended": 2}


@dataclass(frozen=True, kw_only=True)
class Introduction:
    """A match as its two people see it; names and texts are read from their records on each view."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    stage: Stage
    confirm_by: datetime | None = None
    reasons: tuple[Reason, ...] = ()

    def other(self, person_id: str) -> str | None:
        """Return the id of the other person; None when ``person_id`` is neither of the two."""
        return {self.mentee_id: self.mentor_id, self.mentor_id: self.mentee_id}.get(person_id)

    @property
    def contact_open(self) -> bool:
        """Return whether the two may see each other's contact details: only in an active match (invariant I10)."""
        return self.stage == "active"


def merge(stored: Introduction | None, received: Introduction) -> Introduction:
    """Return the stored introduction updated by a received one: the stage never goes back, stored values stay."""
    if stored is None:
        return received
    stage = received.stage if _ORDER[received.stage] > _ORDER[stored.stage] else stored.stage
    return replace(
        stored,
        stage=stage,
        confirm_by=stored.confirm_by or received.confirm_by,
        reasons=stored.reasons or received.reasons,
    )
