"""The introduction of two people: its states, who may see it, and when it shows contact details."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.events.matcher import Reason
from services.profiles.domain.refusals import activated_without_acceptance, match_of_other_people

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
    def people(self) -> tuple[str, str, str]:
        """Return the programme, the mentee and the mentor: a match never changes them."""
        return self.programme_id, self.mentee_id, self.mentor_id

    @property
    def took_place(self) -> bool:
        """Return whether the mentor accepted: before, the mentee learns nothing of the offer, in exports either."""
        return self.confirm_by is not None

    @property
    def contact_open(self) -> bool:
        """Return whether the two may see each other's contact details: only in an active match (invariant I10)."""
        return self.stage == "active"


def advance(stored: Introduction | None, received: Introduction) -> Introduction:
    """Return the introduction after a received state of its match.

    | stored   | accepted | active  | ended |
    |----------|----------|---------|-------|
    | none     | accepted | refused | ended |
    | accepted | accepted | active  | ended |
    | active   | active   | active  | ended |
    | ended    | ended    | ended   | ended |

    Raises Conflict for an activation without the mentor's acceptance, which would open contact details on the word of
    one event, and for a match that changes its people.
    """
    if stored is None:
        if received.stage == "active":
            raise activated_without_acceptance()
        return received
    if stored.people != received.people:
        raise match_of_other_people()
    if stored.stage == "ended":
        return stored
    return replace(
        stored,
        stage=max(stored.stage, received.stage, key=_ORDER.__getitem__),
        confirm_by=stored.confirm_by or received.confirm_by,
        reasons=stored.reasons or received.reasons,
    )
