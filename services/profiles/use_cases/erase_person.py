"""A person is forgotten: here at once, elsewhere as each service confirms."""

from services.chassis.principal import Principal
from services.profiles.domain.erasure import Tombstone, confirm, erase
from services.profiles.domain.refusals import no_such_person
from services.profiles.ports import Store, World
from services.profiles.use_cases.finding import audit_admin, found, may_see


def erase_person(world: World, person_id: str, caller: Principal, reason: str | None = None) -> Tombstone:
    """Remove every personal row, leave a tombstone, tell the others. Asked again, it answers with the same."""
    with world.begin() as store:
        if store.people.get(person_id, to_change=True) is None:  # waits for whoever erases them right now
            return _trace(store, person_id, caller)
        person = found(store, person_id, caller)
        stone, events = erase(person, store.now)
        store.people.forget(person_id)
        store.tombstones.put(stone)
        store.tell(*events)
        audit_admin(store, "person.erased", person_id, caller, reason)
        return stone


def read_erasure(world: World, person_id: str, caller: Principal) -> Tombstone:
    """Return how far an erasure is; raise NotFound when none was asked."""
    with world.begin(read_only=True) as store:
        return _trace(store, person_id, caller)


def _trace(store: Store, person_id: str, caller: Principal) -> Tombstone:
    stone = store.tombstones.get(person_id)
    if stone is None or not may_see(person_id, stone.programme_id, caller):
        raise no_such_person()
    return stone


def note_receipt(world: World, person_id: str, service: str) -> None:
    """A service confirmed that nothing of this person is left there."""
    with world.begin() as store:
        stone = store.tombstones.get(person_id)
        if stone is not None:
            store.tombstones.put(confirm(stone, service, store.now))
