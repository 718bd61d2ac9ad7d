"""Take in what profiles says of a person, and let a round see it."""

from collections.abc import Sequence

from services.chassis.messages.event import Event
from services.matcher.domain import match as life
from services.matcher.domain.known_person import KnownPerson, PersonFact, apply_event, may_be_proposed
from services.matcher.domain.match import Match
from services.matcher.domain.programme_terms import Terms
from services.matcher.ports import Store, UnitOfWork
from services.matcher.use_cases.steps.save_transition import RUN_ROUND, save_transition


def expect(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Read at once what events that are heard together will need."""
    people = sorted({event.partition_key for event in events})
    with uow.begin() as store:
        store.pool.expect(people)
        store.matches.expect(people)


def apply_person_event(uow: UnitOfWork, terms: Terms, event: PersonFact) -> None:
    """Keep the newest state of a person; what cannot go on without them ends kindly. Old news changes nothing."""
    with uow.begin() as store:
        if store.pool.is_forgotten(event.person_id):
            return
        before = store.pool.member(event.person_id, lock=True)
        after = apply_event(before, event)
        if after is None:
            return
        _end_what_cannot_go_on(store, after)
        store.pool.keep(after)
        if before is not None and before.mentee != after.mentee:  # what they asked for before explains nothing now
            store.waits.look_again(after.person_id)
        if before is not None and before.standing == "paused" and after.standing == "here" and after.mentor:
            store.places.rest(after.person_id, None)
        store.enqueue(RUN_ROUND, after.programme_id, due_at=store.now + terms.debounce)


def _end_what_cannot_go_on(store: Store, person: KnownPerson) -> None:
    """Before the new state is kept: the tables refuse a live match that the new state would forbid."""
    live = store.matches.live_of(person.person_id)
    over = [match for match in live if _is_over(store, person, match)]
    kept = [match for match in live if match not in over and match.mentor_id == person.person_id]
    offers = [match for match in kept if match.state == "proposed"]
    if person.mentor is not None:  # fewer places than people: offers are withdrawn, the newest first
        over += offers[: max(0, len(kept) - person.mentor.capacity)]
    for match in over:
        unsafe = match.state != "proposed" and _unsafe(store, person, match)
        after, told = life.end(match, "safeguarding" if unsafe else "withdrawn", "profile", store.now)
        save_transition(store, match, after, told)


def _is_over(store: Store, person: KnownPerson, match: Match) -> bool:
    """Whether a live match cannot go on with the person as they are now."""
    if _unsafe(store, person, match):
        return True
    if match.mentor_id == person.person_id:
        return person.mentor is None or (match.state == "proposed" and not may_be_proposed(person, store.now))
    return person.mentee is None or (match.state == "proposed" and person.standing != "here")


def _unsafe(store: Store, person: KnownPerson, match: Match) -> bool:
    """Whether the mentee is a minor, and the mentor is not cleared for that (any more)."""
    as_mentor = match.mentor_id == person.person_id
    other = store.pool.member(match.mentee_id if as_mentor else match.mentor_id)
    mentor, mentee = (person, other) if as_mentor else (other, person)
    if mentor is None or mentee is None or mentor.mentor is None or mentee.mentee is None:
        return False
    return mentee.mentee.minor and not mentor.mentor.cleared_for_minors
