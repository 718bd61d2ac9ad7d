"""Erase a person: at once in profiles, in the other services as each confirms."""

from datetime import timedelta

from services.chassis.identity.principal import Principal
from services.profiles.domain.erasure import Tombstone, confirm, erase
from services.profiles.domain.refusals import no_such_person
from services.profiles.ports import Resources, Store
from services.profiles.use_cases.sessions import end_sessions_of
from services.profiles.use_cases.steps.find_person import audit_staff, find_person, may_see


def erase_person(resources: Resources, person_id: str, caller: Principal, reason: str | None = None) -> Tombstone:
    """Delete every personal row, store a tombstone, publish the erasure; return the tombstone, also when repeated."""
    with resources.begin() as store:
        if store.people.get(person_id, to_change=True) is None:  # the lock waits for a concurrent erasure
            return _tombstone(store, person_id, caller)
        person = find_person(store, person_id, caller)
        tombstone, events = erase(person, store.now)
        end_sessions_of(store, person.programme_id, person_id)
        store.people.forget(person_id)
        store.tombstones.put(tombstone)
        store.publish(*events)
        audit_staff(store, "person.erased", person_id, caller, reason)
        return tombstone


RECEIPT_DAYS = 90
"""How long the link to an erasure's progress works."""


def sign_receipt_link(resources: Resources, tombstone: Tombstone) -> str:
    """Return the token with which an erased person, who is signed out, can follow their erasure."""
    expires_at = tombstone.asked_at + timedelta(days=RECEIPT_DAYS)
    return resources.links.sign("erasure", tombstone.person_id, tombstone.person_id, expires_at)


def follow_erasure(resources: Resources, token: str) -> Tombstone:
    """Return the tombstone that a receipt link names; raise NotFound for any other token."""
    link = resources.links.read(token, "erasure")
    with resources.begin(read_only=True) as store:
        tombstone = store.tombstones.get(link.subject)
        if tombstone is None:
            raise no_such_person()
        return tombstone


def read_erasure(resources: Resources, person_id: str, caller: Principal) -> Tombstone:
    """Return the tombstone with its receipts; raise NotFound when no erasure was requested."""
    with resources.begin(read_only=True) as store:
        return _tombstone(store, person_id, caller)


def _tombstone(store: Store, person_id: str, caller: Principal) -> Tombstone:
    tombstone = store.tombstones.get(person_id)
    if tombstone is None or not may_see(person_id, tombstone.programme_id, caller):
        raise no_such_person()
    return tombstone


def record_receipt(resources: Resources, person_id: str, service: str) -> None:
    """Record a service's receipt for an erasure; ignore one for an unknown person."""
    with resources.begin() as store:
        tombstone = store.tombstones.get(person_id, to_change=True)
        if tombstone is not None:
            store.tombstones.put(confirm(tombstone, service, store.now))
