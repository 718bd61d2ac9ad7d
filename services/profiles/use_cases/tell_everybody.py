"""Another service wants to hear of everybody again: told in pages, each its own transaction and its own job."""

from services.chassis.event import Event
from services.profiles.domain.erasure import erased_told
from services.profiles.domain.person import contact_told, facts_told
from services.profiles.ports import World
from services.profiles.use_cases.telling import sealed_contact

TELL = "tell_everybody"
PAGE = 100


def people_wanted(world: World, request_id: str, programme_id: str) -> None:
    """Leave a job for the first page."""
    with world.begin() as store:
        payload = {"request_id": request_id, "programme_id": programme_id, "after": ""}
        store.enqueue(TELL, f"{request_id}:", payload=payload)


def tell_page(world: World, request_id: str, programme_id: str, after: str, page: int = PAGE) -> None:
    """Say the people and the erased with ids beyond `after` at their present versions, and leave a job for the rest.

    Telling again is harmless: a consumer that knows this version already passes over it.
    """
    with world.begin() as store:
        people = store.people.after(programme_id, after, page)
        stones = store.tombstones.after(programme_id, after, page)
        told: list[tuple[str, list[Event]]] = [
            (person.id, [facts_told(person), contact_told(person, sealed_contact(world.seal, person))])
            for person in people
        ]
        told += [(stone.person_id, [erased_told(stone)]) for stone in stones]
        told.sort(key=lambda one: one[0])
        for _, events in told[:page]:
            store.tell(*events)
        if len(told) >= page:
            last = told[:page][-1][0]
            payload = {"request_id": request_id, "programme_id": programme_id, "after": last}
            store.enqueue(TELL, f"{request_id}:{last}", payload=payload)
