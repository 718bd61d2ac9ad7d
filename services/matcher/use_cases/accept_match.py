"""Accept a match as its mentor."""

from services.matcher.domain import match as life
from services.matcher.domain.match import Match
from services.matcher.domain.programme_terms import Terms
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.steps.match_access import Actor, match_of
from services.matcher.use_cases.steps.save_transition import save_transition


def accept_match(uow: UnitOfWork, terms: Terms, actor: Actor, match_id: str) -> Match:
    """Accept for the mentor; the mentee is introduced and asked. The place was taken when the mentor was asked."""
    with uow.begin() as store:
        match = match_of(store, actor, match_id, "mentor")
        after, events = life.accept(match, store.now, store.now + terms.time_to_confirm)
        store.places.rest(match.mentor_id, None)
        return save_transition(store, match, after, events)
