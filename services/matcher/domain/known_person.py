"""A person as the matcher knows them (coded facts, no name), and how events from profiles change that."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.events.facts import MenteeFacts, MentorFacts
from services.events.profiles import (
    PersonChanged,
    PersonLeft,
    PersonPaused,
    PersonRegistered,
    PersonResumed,
)

Standing = Literal["here", "paused", "left"]
PersonFact = PersonRegistered | PersonChanged | PersonPaused | PersonResumed | PersonLeft


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person of a programme: a mentee, a mentor or both. ``version`` is the latest one received from profiles."""

    person_id: str
    programme_id: str
    version: int
    locale: str
    standing: Standing = "here"
    paused_until: datetime | None = None
    mentee: MenteeFacts | None = None
    mentor: MentorFacts | None = None


def apply_event(member: KnownPerson | None, event: PersonFact) -> KnownPerson | None:
    """Return the person after this event; None when the event changes nothing here.

    An event that is not newer than the known version is ignored. For an unknown person only an event with the whole
    state counts: a database that missed earlier events requests a full replay from profiles.
    """
    if member is not None and event.version <= member.version:
        return None
    match event:
        case PersonRegistered() | PersonChanged():
            paused = isinstance(event, PersonChanged) and event.paused
            return KnownPerson(
                person_id=event.person_id,
                programme_id=event.programme_id if member is None else member.programme_id,
                version=event.version,
                locale=event.locale,
                standing="paused" if paused else "here",
                paused_until=member.paused_until if member is not None and paused else None,
                mentee=event.mentee,
                mentor=event.mentor,
            )
        case PersonPaused():
            return member and replace(member, version=event.version, standing="paused", paused_until=event.until)
        case PersonResumed():
            return member and replace(member, version=event.version, standing="here", paused_until=None)
        case PersonLeft():
            return member and replace(
                member, version=event.version, standing="left", paused_until=None, mentee=None, mentor=None
            )


def may_be_proposed(mentor: KnownPerson, at: datetime) -> bool:
    """Return whether a person may be asked to mentor: present, approved, with training that has not expired."""
    facts = mentor.mentor
    if facts is None or mentor.standing != "here" or not facts.approved:
        return False
    return facts.trained_until is None or facts.trained_until >= at.date()
