"""The erasure of a person: what remains is a tombstone with the receipts of the other services."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.events.profiles import PersonErased
from services.profiles.domain.person import Person

SERVICES = ("matcher", "notifications")


@dataclass(frozen=True, kw_only=True)
class Tombstone:
    """What remains of an erased person: an id without a record, times, and receipts by service."""

    person_id: str
    programme_id: str
    version: int
    asked_at: datetime
    confirmed: tuple[tuple[str, datetime], ...] = ()

    @property
    def status(self) -> str:
        """Return ``complete`` once every service has confirmed, ``under_way`` before."""
        return "complete" if {service for service, _ in self.confirmed} >= set(SERVICES) else "under_way"


def erase(person: Person, now: datetime) -> tuple[Tombstone, list[PersonErased]]:
    """Return the tombstone that replaces a person, and the event that asks every service to erase them."""
    tombstone = Tombstone(
        person_id=person.id, programme_id=person.programme_id, version=person.version + 1, asked_at=now
    )
    return tombstone, [erased_event(tombstone)]


def erased_event(tombstone: Tombstone) -> PersonErased:
    """Return the event that asks every service to erase the person; the same one when it is republished."""
    return PersonErased(person_id=tombstone.person_id, programme_id=tombstone.programme_id, version=tombstone.version)


def confirm(tombstone: Tombstone, service: str, at: datetime) -> Tombstone:
    """Return the tombstone with a service's receipt; a second receipt changes nothing."""
    if any(confirmed == service for confirmed, _ in tombstone.confirmed):
        return tombstone
    return replace(tombstone, confirmed=(*tombstone.confirmed, (service, at)))
