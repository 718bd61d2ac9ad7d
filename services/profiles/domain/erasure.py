"""Being forgotten: what remains is that it happened, and which services confirmed it."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.events.profiles import PersonErased
from services.profiles.domain.person import Person

SERVICES = ("matcher", "notifications")


@dataclass(frozen=True, kw_only=True)
class Tombstone:
    """The trace of an erased person: an id that points to nobody any more, moments, and receipts by service."""

    person_id: str
    programme_id: str
    version: int
    asked_at: datetime
    confirmed: tuple[tuple[str, datetime], ...] = ()

    @property
    def status(self) -> str:
        """`complete` once every service confirmed, `under_way` before."""
        return "complete" if {service for service, _ in self.confirmed} >= set(SERVICES) else "under_way"


def erase(person: Person, now: datetime) -> tuple[Tombstone, list[PersonErased]]:
    """Forget a person: a tombstone instead, and word to every service."""
    tombstone = Tombstone(
        person_id=person.id, programme_id=person.programme_id, version=person.version + 1, asked_at=now
    )
    return tombstone, [erased_told(tombstone)]


def erased_told(tombstone: Tombstone) -> PersonErased:
    """Return the word to every service, also for saying it again."""
    return PersonErased(person_id=tombstone.person_id, programme_id=tombstone.programme_id, version=tombstone.version)


def confirm(tombstone: Tombstone, service: str, at: datetime) -> Tombstone:
    """Note a service's receipt; a second one changes nothing."""
    if any(known == service for known, _ in tombstone.confirmed):
        return tombstone
    return replace(tombstone, confirmed=(*tombstone.confirmed, (service, at)))
