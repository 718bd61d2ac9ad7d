"""Read a person's record, their export, or the list of mentors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.chassis.identity.principal import Principal
from services.profiles.domain.consent import ConsentEntry
from services.profiles.domain.introduction import Introduction
from services.profiles.domain.person import Person
from services.profiles.ports import Resources
from services.profiles.use_cases.steps.find_person import audit_staff, find_person


@dataclass(frozen=True, kw_only=True)
class PersonExport:
    """All data that profiles has of a person."""

    person: Person
    ledger: Sequence[ConsentEntry]
    introductions: Sequence[Introduction]
    sign_ins: Sequence[Mapping[str, Any]]
    audit: Sequence[Mapping[str, Any]]


def read_person(resources: Resources, person_id: str, caller: Principal) -> Person:
    """Return a person; a read by an admin is recorded in the same transaction."""
    with resources.begin(read_only=not caller.is_staff) as store:
        person = find_person(store, person_id, caller)
        audit_staff(store, "person.read", person_id, caller)
        return person


def export_person(resources: Resources, person_id: str, caller: Principal) -> PersonExport:
    """Return all data that profiles has of a person; an export by an admin is recorded."""
    with resources.begin(read_only=not caller.is_staff) as store:
        person = find_person(store, person_id, caller)
        audit_staff(store, "person.exported", person_id, caller)
        return PersonExport(
            person=person,
            ledger=store.ledger.of(person_id),
            introductions=[shown for shown in store.introductions.of(person_id) if shown.took_place],
            sign_ins=store.sign_ins.of(person_id),
            audit=store.audited(person_id),
        )


def list_mentors(
    resources: Resources, status: str | None, after: tuple[datetime, str] | None, limit: int, caller: Principal
) -> Sequence[Person]:
    """Return mentors of the caller's programme, oldest application first, one more than ``limit`` if there are more.

    Write one audit row for the page that is shown.
    """
    with resources.begin() as store:
        mentors = store.people.mentors(caller.programme, status, after, limit + 1)
        detail = {"people": [person.id for person in mentors[:limit]]}
        store.audit("mentors.listed", caller.programme, by=caller.scope, detail=detail)
        return mentors
