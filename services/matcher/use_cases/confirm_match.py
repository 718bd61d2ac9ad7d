"""Confirm an accepted match as its mentee."""

from services.matcher.domain import match as life
from services.matcher.domain.match import Match
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.steps.match_access import Actor, match_of
from services.matcher.use_cases.steps.save_transition import save_transition


def confirm_match(uow: UnitOfWork, actor: Actor, match_id: str) -> Match:
    """Confirm for the mentee: the match is active."""
    with uow.begin() as store:
        match = match_of(store, actor, match_id, "mentee")
        after, events = life.confirm(match, store.now)
        return save_transition(store, match, after, events)
