"""A person is forgotten: here at once, elsewhere as each service confirms."""

from services.chassis.identity.principal import Principal
from services.profiles.domain.erasure import Tombstone, confirm, erase
from services.profiles.domain.refusals import no_such_person
from services.profiles.ports import Resources, Store
from services.profiles.use_cases.steps.find_person import audit_admin, find_person, may_see


def erase_person(resources: Resources, person_id: str, caller: Principal, reason: str | None = None) -> Tombstone:
    """Remove every personal row, leave a tombstone, tell the others. Asked again, it answers with the same."""
    with resources.begin() as store:
        if store.people.get(person_id, to_change=True) is None:  # waits for whoever erases them right now
            return _trace(store, person_id, caller)
        person = find_person(store, person_id, caller)
        tombstone, events = erase(person, store.now)
        store.people.forget(person_id)
        store.tombstones.put(tombstone)
        store.publish(*events)
        audit_admin(store, "person.erased", person_id, caller, reason)
        return tombstone


def read_erasure(resources: Resources, person_id: str, caller: Principal) -> Tombstone:
    """Return how far an erasure is; raise NotFound when none was asked."""
    with resources.begin(read_only=True) as store:
        return _trace(store, person_id, caller)


def _trace(store: Store, person_id: str, caller: Principal) -> Tombstone:
    tombstone = store.tombstones.get(person_id)
    if tombstone is None or not may_see(person_id, tombstone.programme_id, caller):
        raise no_such_person()
    return tombstone


def note_receipt(resources: Resources, person_id: str, service: str) -> None:
    """A service confirmed that nothing of this person is left there."""
    with resources.begin() as store:
        tombstone = store.tombstones.get(person_id)
        if tombstone is not None:
            store.tombstones.put(confirm(tombstone, service, store.now))
