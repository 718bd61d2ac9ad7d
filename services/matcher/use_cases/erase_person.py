"""Erase a person, and publish the receipt."""

from services.events.matcher import MatcherForgot
from services.events.profiles import PersonErased
from services.matcher.domain import match as life
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.steps.save_transition import RUN_ROUND, save_transition


def erase_person(uow: UnitOfWork, event: PersonErased) -> None:
    """End the person's live matches, remove every fact about them and refuse later events. Idempotent."""
    with uow.begin() as store:
        for match in store.matches.live_of(event.person_id):
            after, events = life.end(match, "erased", "profile", store.now)
            save_transition(store, match, after, events)
        store.matches.forget(event.person_id)
        if store.rounds.forget(event.person_id):
            store.enqueue(RUN_ROUND, event.programme_id)  # the round was given up: the others in it get a new one
        store.pool.forget(event.person_id, event.version)
        store.publish(MatcherForgot(person_id=event.person_id, programme_id=event.programme_id, version=event.version))
