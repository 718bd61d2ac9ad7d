"""Check which matches an actor may see and change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.core.errors import NotFound
from services.matcher.domain.match import Match, Side
from services.matcher.ports import Store


@dataclass(frozen=True, slots=True)
class Actor:
    """A person of a programme, by id, or staff (``person_id`` is None); ``by`` names the caller in the audit."""

    programme_id: str
    person_id: str | None = None
    by: str = "-"

    @property
    def is_admin(self) -> bool:
        """Return whether the actor is an admin of the programme."""
        return self.person_id is None


def side_of(match: Match, actor: Actor) -> Side | None:
    """Return the actor's side in a match; None for people outside it and for admins."""
    if actor.person_id is None or match.programme_id != actor.programme_id:
        return None
    if actor.person_id == match.mentor_id:
        return "mentor"
    return "mentee" if actor.person_id == match.mentee_id else None


def may_see(match: Match, actor: Actor) -> bool:
    """Return whether the actor may see a match; mentees never see an ended offer that was not accepted."""
    if actor.is_admin:
        return match.programme_id == actor.programme_id
    side = side_of(match, actor)
    return side == "mentor" or (side == "mentee" and (match.live or match.accepted_at is not None))


def visible_match(store: Store, actor: Actor, match_id: str, *, lock: bool = False) -> Match:
    """Return a match that the actor may see; raise the same NotFound for a hidden match as for an unknown one."""
    match = store.matches.get(match_id, lock=lock)
    if not may_see(match, actor):
        raise unknown_match()
    return match


def match_of(store: Store, actor: Actor, match_id: str, side: Side) -> Match:
    """Return a match, locked, in which the actor is on ``side``; raise NotFound otherwise."""
    match = visible_match(store, actor, match_id, lock=True)
    if side_of(match, actor) != side:
        raise unknown_match()
    return match


def audit_read(store: Store, actor: Actor, action: str, subject: str, detail: Mapping[str, Any] | None = None) -> None:
    """Record in the audit log that an admin read health facts; people who read their own are not recorded."""
    if actor.is_admin:
        store.audit(action, subject, by=actor.by, detail=detail)


def unknown_match() -> NotFound:
    """Return the error for a match that does not exist or is hidden from the actor."""
    return NotFound("match_unknown", "There is no match with this id that you can see.")
