"""Start a break, end it, or end it automatically when it is due."""

from datetime import datetime

from services.chassis.identity.principal import Principal
from services.profiles.domain.person import Person, pause, resume
from services.profiles.ports import Resources, Store
from services.profiles.use_cases.steps.find_person import audit_staff, find_person

RESUME = "resume_person"


def pause_person(resources: Resources, person_id: str, until: datetime | None, caller: Principal) -> Person:
    """Start a break, open-ended or until a stated time."""
    with resources.begin() as store:
        person = find_person(store, person_id, caller, to_change=True)
        later, events = pause(person, until, store.now)
        audit_staff(store, "person.paused", person_id, caller)
        if later == person:
            return person
        store.people.save(later, person.version)
        store.publish(*events)
        if until is not None:
            store.enqueue(RESUME, person_id, due_at=until)
        return later


def resume_person(resources: Resources, person_id: str, caller: Principal) -> Person:
    """End a break."""
    with resources.begin() as store:
        person = find_person(store, person_id, caller, to_change=True)
        audit_staff(store, "person.resumed", person_id, caller)
        return _resumed(store, person)


def resume_when_due(resources: Resources, person_id: str) -> None:
    """End a break that is due; do nothing when it was moved or ended, or when the person is gone."""
    with resources.begin() as store:
        person = store.people.get(person_id, to_change=True)
        if person is None or person.state != "paused" or person.paused_until is None:
            return
        if person.paused_until > store.now:
            store.enqueue(RESUME, person_id, due_at=person.paused_until)
            return
        _resumed(store, person)


def _resumed(store: Store, person: Person) -> Person:
    later, events = resume(person)
    if later != person:
        store.people.save(later, person.version)
        store.publish(*events)
    return later
