"""Change a person's record, on their own request or an admin's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from services.chassis.identity.principal import Principal
from services.chassis.messages.event import Event
from services.events.validation import Fault, mentee_faults, mentor_faults
from services.profiles.domain.addresses import normal_address
from services.profiles.domain.editing import Edit, apply_edit, edit_faults
from services.profiles.domain.faults import refuse_any
from services.profiles.domain.intake import contact_faults, with_end_dates
from services.profiles.domain.person import Person, facts_changed
from services.profiles.domain.refusals import address_known
from services.profiles.domain.youth import admit_age
from services.profiles.ports import Resources
from services.profiles.use_cases.steps.find_person import audit_staff, find_person
from services.profiles.use_cases.steps.publish_contact import sealed_contact_changed


def change_person(
    resources: Resources, person_id: str, edit: Edit, caller: Principal, check_version: Callable[[int], None]
) -> Person:
    """Store an edit and publish what changed; ``check_version`` raises when the caller read another version.

    An edit without changes keeps the version and publishes nothing.
    """
    with resources.begin() as store:
        person = find_person(store, person_id, caller, to_change=True)
        check_version(person.version)
        refuse_any(edit_faults(person, edit))
        today = store.now.date()
        later = _with_age_rules(apply_edit(person, edit), person, resources, today)
        refuse_any(_faults(later, person, today))
        audit_staff(store, "person.read" if later == person else "person.changed", person_id, caller)
        if later == person:
            return person
        if normal_address(later.contact.email) != normal_address(person.contact.email):
            known_id = store.people.id_by_email(person.programme_id, later.contact.email)
            if known_id not in (None, person.id):
                raise address_known()
        later, events = _changes(resources, person, later)
        store.people.save(later, person.version)
        store.publish(*events)
        return later


def _with_age_rules(later: Person, person: Person, resources: Resources, today: date) -> Person:
    """Return the person with the minor flag by age, and with end dates for temporary life stages."""
    if later.mentor is not None and later.mentor != person.mentor:
        admit_age(later.mentor.facts.age_band, {}, youth_track=resources.rules.youth_track, role="mentor")
    if later.mentee is None or later.mentee == person.mentee:
        return later
    facts = later.mentee.facts
    agreed = dict.fromkeys(later.agreed, True)
    minor = admit_age(facts.age_band, agreed, youth_track=resources.rules.youth_track, role="mentee")
    facts = replace(facts, minor=minor, life_stages=with_end_dates(facts.life_stages, today))
    return replace(later, mentee=replace(later.mentee, facts=facts))


def _faults(later: Person, person: Person, today: date) -> list[Fault]:
    """Return the faults of what changed only: an answer that became wrong by time never blocks another edit."""
    faults = list(contact_faults(later.contact)) if later.contact != person.contact else []
    if later.mentee is not None and later.mentee != person.mentee:
        faults += [fault.under("mentee") for fault in mentee_faults(later.mentee.facts, today)]
    if later.mentor is not None and later.mentor != person.mentor:
        faults += [fault.under("mentor") for fault in mentor_faults(later.mentor.facts, today)]
    return faults


def _changes(resources: Resources, person: Person, later: Person) -> tuple[Person, list[Event]]:
    """Return the person with their next version, and the events for changed facts and a changed contact."""
    events: list[Event] = []
    if (later.mentee, later.mentor, later.locale) != (person.mentee, person.mentor, person.locale):
        later, changed = facts_changed(later)
        events += changed
    contact_before = (person.contact, person.locale, person.time_zone)
    if (later.contact, later.locale, later.time_zone) != contact_before:
        later, changed = sealed_contact_changed(resources.seal, later)
        events += changed
    return later, events
