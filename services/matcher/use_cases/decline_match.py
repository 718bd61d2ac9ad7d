"""Decline a match, as either side."""

from services.matcher.domain import match as life
from services.matcher.domain.match import Match
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.steps.match_access import Actor, side_of, unknown_match, visible_match
from services.matcher.use_cases.steps.save_transition import save_transition


def decline_match(
    uow: UnitOfWork, actor: Actor, match_id: str, *, reason: str | None = None, note: str | None = None
) -> Match:
    """Decline for the side the actor is on. ``reason`` is a code; the note is private and never leaves this service."""
    with uow.begin() as store:
        match = visible_match(store, actor, match_id, lock=True)
        side = side_of(match, actor)
        if side is None:
            raise unknown_match()
        after, events = life.decline(match, side, store.now, reason)
        if side == "mentor":
            store.places.rest(match.mentor_id, None)
        if note:
            store.matches.keep_note(match_id, note)
        return save_transition(store, match, after, events)
