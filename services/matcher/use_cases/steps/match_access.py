"""Who acts, and what of a match they may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.core.errors import NotFound
from services.matcher.domain.match import Match, Side
from services.matcher.ports import Store


@dataclass(frozen=True, slots=True)
class Actor:
    """A person of a programme by their id, or an admin (``person_id`` None)."""

    programme_id: str
    person_id: str | None = None

    @property
    def is_admin(self) -> bool:
        """Whether this is an admin of the programme."""
        return self.person_id is None


def side_of(match: Match, actor: Actor) -> Side | None:
    """The side on which a person takes part in a match; None for everybody else."""
    if actor.person_id is None or match.programme_id != actor.programme_id:
        return None
    if actor.person_id == match.mentor_id:
        return "mentor"
    return "mentee" if actor.person_id == match.mentee_id else None


def may_see(match: Match, actor: Actor) -> bool:
    """Whether a match exists for this actor; a mentee does not see the matches in which a mentor could not say yes."""
    if actor.is_admin:
        return match.programme_id == actor.programme_id
    side = side_of(match, actor)
    return side == "mentor" or (side == "mentee" and (match.live or match.accepted_at is not None))


def visible_match(store: Store, actor: Actor, match_id: str, *, lock: bool = False) -> Match:
    """Load a match that the actor may see; a foreign one and an unknown one are the same NotFound."""
    match = store.matches.get(match_id, lock=lock)
    if not may_see(match, actor):
        raise unknown_match()
    return match


def match_of(store: Store, actor: Actor, match_id: str, side: Side) -> Match:
    """Load, to change it, a match in which the actor is on this side."""
    match = visible_match(store, actor, match_id, lock=True)
    if side_of(match, actor) != side:
        raise unknown_match()
    return match


def audit_read(store: Store, actor: Actor, action: str, subject: str, detail: Mapping[str, Any] | None = None) -> None:
    """Keep in the audit that staff read what tells of people's health; what people read of their own is not kept."""
    if actor.is_admin:
        store.audit(action, subject, by="admin", detail=detail)


def unknown_match() -> NotFound:
    """The answer for a match that is not there, or not for whoever asks."""
    return NotFound("match_unknown", "There is no match with this id that you can see.")
