"""A person agrees to something, or takes their agreement back."""

from collections.abc import Sequence

from services.chassis.principal import Principal
from services.profiles.domain.consent import MESSAGES, ConsentEntry
from services.profiles.domain.person import answer_consent as answer
from services.profiles.ports import World
from services.profiles.use_cases.finding import audit_admin, found
from services.profiles.use_cases.telling import reached


def answer_consent(
    world: World, person_id: str, purpose: str, given: bool, caller: Principal
) -> Sequence[ConsentEntry]:
    """Write the answer into the ledger and act on it; return the whole ledger. What stands already is not repeated."""
    with world.begin() as store:
        person = found(store, person_id, caller, to_change=True)
        later, events = answer(person, purpose, given)
        if later != person:
            if purpose == MESSAGES:
                later, told = reached(world.seal, later)
                events = [*events, *told]
            store.people.save(later, person.version)
            store.ledger.write(person_id, [ConsentEntry(purpose=purpose, given=given, at=store.now)])
            store.tell(*events)
            audit_admin(store, "consent.answered", person_id, caller)
        return store.ledger.of(person_id)


def read_consents(world: World, person_id: str, caller: Principal) -> Sequence[ConsentEntry]:
    """Return a person's ledger, oldest first."""
    with world.begin(read_only=True) as store:
        found(store, person_id, caller)
        return store.ledger.of(person_id)
