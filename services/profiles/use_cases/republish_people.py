"""Republish all people for a service that requested it, in pages: each is one job and one transaction."""

from services.chassis.messages.event import Event
from services.profiles.domain.erasure import erased_event
from services.profiles.domain.person import contact_event, facts_event
from services.profiles.ports import Resources
from services.profiles.use_cases.steps.publish_contact import seal_contact

REPUBLISH_PEOPLE = "tell_everybody"
PAGE = 100


def start_republishing(resources: Resources, request_id: str, programme_id: str) -> None:
    """Enqueue the job for the first page."""
    with resources.begin() as store:
        payload = {"request_id": request_id, "programme_id": programme_id, "after": ""}
        store.enqueue(REPUBLISH_PEOPLE, f"{request_id}:", payload=payload)


def republish_page(resources: Resources, request_id: str, programme_id: str, after: str, page: int = PAGE) -> None:
    """Publish people and erasures with ids after ``after`` at their current versions, and enqueue the next page.

    Repetition is harmless: a consumer skips an event whose version it has already applied.
    """
    with resources.begin() as store:
        people = store.people.after(programme_id, after, page)
        tombstones = store.tombstones.after(programme_id, after, page)
        entries: list[tuple[str, list[Event]]] = [
            (person.id, [facts_event(person), contact_event(person, seal_contact(resources.seal, person))])
            for person in people
        ]
        entries += [(tombstone.person_id, [erased_event(tombstone)]) for tombstone in tombstones]
        entries.sort(key=lambda entry: entry[0])
        for _, events in entries[:page]:
            store.publish(*events)
        if len(entries) >= page:
            last = entries[:page][-1][0]
            payload = {"request_id": request_id, "programme_id": programme_id, "after": last}
            store.enqueue(REPUBLISH_PEOPLE, f"{request_id}:{last}", payload=payload)
