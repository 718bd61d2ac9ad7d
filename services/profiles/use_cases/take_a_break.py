"""A person takes a break, comes back from it, or is brought back when its end has come."""

from datetime import datetime

from services.chassis.identity.principal import Principal
from services.profiles.domain.person import Person, pause, resume
from services.profiles.ports import Resources, Store
from services.profiles.use_cases.steps.find_person import audit_admin, find_person

RESUME = "resume_person"


def pause_person(resources: Resources, person_id: str, until: datetime | None, caller: Principal) -> Person:
    """Begin a break, open or until a moment."""
    with resources.begin() as store:
        person = find_person(store, person_id, caller, to_change=True)
        later, events = pause(person, until, store.now)
        audit_admin(store, "person.paused", person_id, caller)
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
        audit_admin(store, "person.resumed", person_id, caller)
        return _resumed(store, person)


def resume_when_due(resources: Resources, person_id: str) -> None:
    """End a break whose end has come; one that was moved, ended or belongs to nobody is left alone."""
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
