"""Apply an event about a person from profiles, and request a round."""

from collections.abc import Sequence

from services.chassis.messages.event import Event
from services.matcher.domain import match as life
from services.matcher.domain.known_person import KnownPerson, PersonFact, apply_event, may_be_proposed
from services.matcher.domain.match import Match
from services.matcher.domain.programme_terms import Terms
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.save_transition import RUN_ROUND, save_transition


def expect(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Read in one go the people and matches that a batch of events will need."""
    people = sorted({event.partition_key for event in events})
    with uow.begin() as store:
        store.pool.expect(people)
        store.matches.expect(people)


def apply_person_event(uow: UnitOfWork, terms: Terms, event: PersonFact) -> None:
    """Store the newest state of a person, and end matches that cannot go on. An outdated event changes nothing."""
    with uow.begin() as store:
        if store.pool.is_forgotten(event.person_id):
            return
        before = store.pool.member(event.person_id, lock=True)
        after = apply_event(before, event)
        if after is None:
            return
        _end_what_cannot_go_on(store, after)
        store.pool.keep(after)
        if before is not None and before.mentee != after.mentee:  # the old reason for the wait no longer applies
            store.waits.clear_reason(after.person_id)
        if before is not None and before.standing == "paused" and after.standing == "here" and after.mentor:
            store.places.rest(after.person_id, None)
        store.enqueue(RUN_ROUND, after.programme_id, due_at=store.now + terms.debounce)


def _end_what_cannot_go_on(store: Store, person: KnownPerson) -> None:
    """End matches that the new state forbids. Runs before the state is stored: the tables refuse it otherwise."""
    live = store.matches.live_of(person.person_id)
    ending = [match for match in live if _is_over(store, person, match)]
    remaining = [match for match in live if match not in ending and match.mentor_id == person.person_id]
    offers = [match for match in remaining if match.state == "proposed"]
    if person.mentor is not None:  # more matches than places: offers are withdrawn, the newest first
        ending += offers[: max(0, len(remaining) - person.mentor.capacity)]
    for match in ending:
        unsafe = match.state != "proposed" and _unsafe(store, person, match)
        after, events = life.end(match, "safeguarding" if unsafe else "withdrawn", "profile", store.now)
        save_transition(store, match, after, events)


def _is_over(store: Store, person: KnownPerson, match: Match) -> bool:
    """Return whether a live match cannot go on with the person as they are now."""
    if _unsafe(store, person, match):
        return True
    if match.mentor_id == person.person_id:
        return person.mentor is None or (match.state == "proposed" and not may_be_proposed(person, store.now))
    return person.mentee is None or (match.state == "proposed" and person.standing != "here")


def _unsafe(store: Store, person: KnownPerson, match: Match) -> bool:
    """Return whether the mentee is a minor and the mentor is not (or no longer) cleared for minors."""
    as_mentor = match.mentor_id == person.person_id
    other = store.pool.member(match.mentee_id if as_mentor else match.mentor_id)
    mentor, mentee = (person, other) if as_mentor else (other, person)
    if mentor is None or mentee is None or mentor.mentor is None or mentee.mentee is None:
        return False
    return mentee.mentee.minor and not mentor.mentor.cleared_for_minors
