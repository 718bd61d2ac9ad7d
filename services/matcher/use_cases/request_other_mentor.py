"""End a match because its mentee would like another mentor."""

from services.matcher.domain import match as life
from services.matcher.domain.match import Match
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.steps.match_access import Actor, match_of
from services.matcher.use_cases.steps.save_transition import save_transition


def request_other_mentor(uow: UnitOfWork, actor: Actor, match_id: str) -> Match:
    """End a match as not the right fit, without a reason. Seniority stays, and the next best mentor is asked."""
    with uow.begin() as store:
        match = match_of(store, actor, match_id, "mentee")
        after, events = life.not_the_fit(match, store.now)
        return save_transition(store, match, after, events)
