"""A person as the matcher knows them: coded facts, no name; and what each thing heard from profiles makes of them."""

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
    """Somebody of a programme: a mentee, a mentor or both. ``version`` is the last one heard from profiles."""

    person_id: str
    programme_id: str
    version: int
    locale: str
    standing: Standing = "here"
    paused_until: datetime | None = None
    mentee: MenteeFacts | None = None
    mentor: MentorFacts | None = None


def apply_event(member: KnownPerson | None, event: PersonFact) -> KnownPerson | None:
    """What the person is after this event; None when it changes nothing here.

    An event that is not newer than what was heard before is old news. Of a person not known yet only a whole state can
    be heard: whoever lost the beginning asks profiles to say everybody again.
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
    """Whether a person may be asked to accompany anybody: here, approved, with training that has not run out."""
    facts = mentor.mentor
    if facts is None or mentor.standing != "here" or not facts.approved:
        return False
    return facts.trained_until is None or facts.trained_until >= at.date()
