"""Approve a mentor, or withdraw the approval."""

from datetime import date

from services.chassis.identity.principal import Principal
from services.events.validation import Fault
from services.profiles.domain.faults import refuse_any
from services.profiles.domain.person import Person, approve
from services.profiles.ports import Resources
from services.profiles.use_cases.steps.find_person import find_person


def approve_mentor(
    resources: Resources,
    person_id: str,
    caller: Principal,
    *,
    approved: bool,
    reason: str,
    trained_until: date | None,
    cleared_for_minors: bool,
) -> Person:
    """Store the decision, with its reason in the audit, and publish it."""
    with resources.begin() as store:
        person = find_person(store, person_id, caller, to_change=True)
        if trained_until is not None and trained_until < store.now.date():
            refuse_any(
                [Fault("trained_until", "This training is over already; give the last day on which it is valid.")]
            )
        later, events = approve(
            person, approved=approved, trained_until=trained_until, cleared_for_minors=cleared_for_minors
        )
        action = "mentor.approved" if approved else "mentor.approval_taken_back"
        store.audit(action, person_id, by=caller.scope, reason=reason)
        if later != person:
            store.people.save(later, person.version)
            store.publish(*events)
        return later
