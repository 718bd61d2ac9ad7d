"""Apply an edit to a person: only the fields that were sent change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from services.chassis.i18n.sentence import Sentence
from services.events.validation import Fault
from services.profiles.domain.person import Contact, MenteeSide, MentorSide, Person

_NOT_YET = {
    "mentee": Sentence("You aren't a mentee here; sign up as one first (POST /profiles/v1/mentees)."),
    "mentor": Sentence("You aren't a mentor here; apply as one first (POST /profiles/v1/mentors)."),
}


@dataclass(frozen=True, kw_only=True)
class Edit:
    """The fields that were sent, by name: of the person, their contact, and each side."""

    person: Mapping[str, Any] = field(default_factory=dict)
    contact: Mapping[str, Any] = field(default_factory=dict)
    mentee: Mapping[str, Any] = field(default_factory=dict)
    mentor: Mapping[str, Any] = field(default_factory=dict)


def edit_faults(person: Person, edit: Edit) -> tuple[Fault, ...]:
    """Return a fault for each edited side (mentee, mentor) that the person does not have."""
    sides = (("mentee", edit.mentee), ("mentor", edit.mentor))
    return tuple(Fault(side, _NOT_YET[side]) for side, changes in sides if changes and side not in person.roles)


def apply_edit(person: Person, edit: Edit) -> Person:
    """Return the person with the edit applied, not yet validated and with the old version."""
    contact: Contact = replace(person.contact, **edit.contact)
    mentee = _with(person.mentee, edit.mentee) if person.mentee else None
    mentor = _with(person.mentor, edit.mentor) if person.mentor else None
    changed = replace(person, contact=contact, mentee=mentee, mentor=mentor, **edit.person)
    zones = [side.facts.time_zone for side in (mentee, mentor) if side is not None]
    return changed if changed.time_zone in zones else replace(changed, time_zone=zones[0])


def split_answers(
    side: type[MenteeSide | MentorSide], answers: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return those of a side's answers that are facts for matching, and the others."""
    beside = {known.name for known in fields(side)}
    facts = {name: value for name, value in answers.items() if name not in beside}
    return facts, {name: value for name, value in answers.items() if name in beside}


def _with(side: Any, changes: Mapping[str, Any]) -> Any:
    facts, beside = split_answers(type(side), changes)
    changed: MenteeSide | MentorSide = replace(side, **beside, facts=replace(side.facts, **facts))
    return changed
