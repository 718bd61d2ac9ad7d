"""Another service wants to hear of everybody again: told in pages, each its own transaction and its own job."""

from services.chassis.messages.event import Event
from services.profiles.domain.erasure import erased_told
from services.profiles.domain.person import contact_told, facts_told
from services.profiles.ports import Resources
from services.profiles.use_cases.steps.publish_contact import seal_contact

TELL = "tell_everybody"
PAGE = 100


def start_republishing(resources: Resources, request_id: str, programme_id: str) -> None:
    """Leave a job for the first page."""
    with resources.begin() as store:
        payload = {"request_id": request_id, "programme_id": programme_id, "after": ""}
        store.enqueue(TELL, f"{request_id}:", payload=payload)


def republish_page(resources: Resources, request_id: str, programme_id: str, after: str, page: int = PAGE) -> None:
    """Say the people and the erased with ids beyond `after` at their present versions, and leave a job for the rest.

    Telling again is harmless: a consumer that knows this version already passes over it.
    """
    with resources.begin() as store:
        people = store.people.after(programme_id, after, page)
        stones = store.tombstones.after(programme_id, after, page)
        told: list[tuple[str, list[Event]]] = [
            (person.id, [facts_told(person), contact_told(person, seal_contact(resources.seal, person))])
            for person in people
        ]
        told += [(tombstone.person_id, [erased_told(tombstone)]) for tombstone in stones]
        told.sort(key=lambda one: one[0])
        for _, events in told[:page]:
            store.publish(*events)
        if len(told) >= page:
            last = told[:page][-1][0]
            payload = {"request_id": request_id, "programme_id": programme_id, "after": last}
            store.enqueue(TELL, f"{request_id}:{last}", payload=payload)
