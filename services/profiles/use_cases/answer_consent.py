"""Give or withdraw a consent, and read the consent ledger."""

from collections.abc import Sequence

from services.chassis.identity.principal import Principal
from services.profiles.domain.consent import MESSAGES, ConsentEntry
from services.profiles.domain.person import answer_consent as answer
from services.profiles.ports import Resources
from services.profiles.use_cases.steps.find_person import audit_staff, find_person
from services.profiles.use_cases.steps.publish_contact import sealed_contact_changed


def answer_consent(
    resources: Resources, person_id: str, purpose: str, given: bool, caller: Principal
) -> Sequence[ConsentEntry]:
    """Append the answer to the ledger, act on it and return the ledger; an answer already in force changes nothing."""
    with resources.begin() as store:
        person = find_person(store, person_id, caller, to_change=True)
        later, events = answer(person, purpose, given)
        if later != person:
            if purpose == MESSAGES:
                later, contact = sealed_contact_changed(resources.seal, later)
                events = [*events, *contact]
            store.people.save(later, person.version)
            store.ledger.write(person_id, [ConsentEntry(purpose=purpose, given=given, at=store.now)])
            store.publish(*events)
            audit_staff(store, "consent.answered", person_id, caller)
        return store.ledger.of(person_id)


def read_consents(resources: Resources, person_id: str, caller: Principal) -> Sequence[ConsentEntry]:
    """Return a person's ledger, oldest first."""
    with resources.begin(read_only=True) as store:
        find_person(store, person_id, caller)
        return store.ledger.of(person_id)
