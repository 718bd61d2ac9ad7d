"""Find a person for a caller: their own record, or any of the programme for its staff."""

from services.chassis.identity.principal import Principal
from services.profiles.domain.person import Person
from services.profiles.domain.refusals import no_such_person
from services.profiles.ports import Store


def find_person(store: Store, person_id: str, caller: Principal, *, to_change: bool = False) -> Person:
    """Return the person; raise the same NotFound for unknown, erased and foreign ids."""
    person = store.people.get(person_id, to_change=to_change)
    if person is None or not may_see(person_id, person.programme_id, caller):
        raise no_such_person()
    return person


def may_see(person_id: str, programme_id: str, caller: Principal) -> bool:
    """Return whether a caller may see a person's record."""
    if caller.programme != programme_id:
        return False
    return caller.is_staff or caller.person_id == person_id


def audit_staff(store: Store, action: str, subject: str, caller: Principal, reason: str | None = None) -> None:
    """Record what staff read or did about a person; a person's own actions are not recorded."""
    if caller.is_staff:
        store.audit(action, subject, by=caller.scope, reason=reason)
