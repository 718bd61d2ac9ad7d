"""A person: mentee, mentor or both; each change returns a new value and the events to publish.

Every event takes the next ``version``, so that a consumer can order the events of a person. A person who left keeps
their record; only ``PersonLeft`` is published of them until they agree to matching again or are erased.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Literal

from services.chassis.core.errors import Conflict
from services.chassis.messages.event import Event
from services.events.fact_table import Coded, Text, YesNo
from services.events.facts import MenteeFacts, MentorFacts
from services.events.profiles import (
    ContactChanged,
    PersonChanged,
    PersonLeft,
    PersonPaused,
    PersonRegistered,
    PersonResumed,
)
from services.profiles.domain.consent import MATCHING, MESSAGES

State = Literal["active", "paused", "left"]
Role = Literal["mentee", "mentor"]
OwnWords = Annotated[str | None, Text("in your own words; shown on the introduction", most=2000)]
AccessNeeds = Annotated[tuple[str, ...], Coded("what makes taking part easier", axis="access_need")]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A person's contact details and name; never published unsealed."""

    email: str
    phone: str | None = None
    name: str | None = None
    pronouns: str | None = None


@dataclass(frozen=True, kw_only=True)
class MenteeSide:
    """A mentee's answers: the facts for matching, and those that the matcher does not get."""

    facts: MenteeFacts
    own_words: OwnWords = None
    referral_code: Annotated[str | None, Text("if someone referred you", most=40)] = None
    support: Annotated[tuple[str, ...], Coded("whom you can lean on; never shown to mentors", axis="support")] = ()
    access_needs: AccessNeeds = ()
    ever_met_a_peer: Annotated[bool | None, YesNo("whether you have ever met someone in the same situation")] = None


@dataclass(frozen=True, kw_only=True)
class MentorSide:
    """A mentor's answers: the facts for matching, and those that the matcher does not get."""

    facts: MentorFacts
    applied_at: datetime
    own_words: OwnWords = None
    hopes: Annotated[str | None, Text("what you hope to gain yourself", most=2000)] = None
    access_needs: AccessNeeds = ()

    @property
    def status(self) -> str:
        """Return ``applied`` until an admin approves, then ``approved``."""
        return "approved" if self.facts.approved else "applied"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person in a programme. ``agreed`` holds the consents in force; the ledger holds their history."""

    id: str
    programme_id: str
    locale: str
    time_zone: str
    contact: Contact
    created_at: datetime
    version: int = 0
    state: State = "active"
    paused_until: datetime | None = None
    agreed: frozenset[str] = frozenset()
    mentee: MenteeSide | None = None
    mentor: MentorSide | None = None

    @property
    def roles(self) -> tuple[Role, ...]:
        """Return the roles of this person; both are possible."""
        sides: tuple[tuple[Role, object], ...] = (("mentee", self.mentee), ("mentor", self.mentor))
        return tuple(role for role, side in sides if side is not None)


PersonAndEvents = tuple[Person, list[Event]]


def join(person: Person) -> PersonAndEvents:
    """Register a person, or a second role of theirs."""
    later = _next(person)
    registered = PersonRegistered(
        person_id=later.id,
        programme_id=later.programme_id,
        version=later.version,
        locale=later.locale,
        mentee=later.mentee.facts if later.mentee else None,
        mentor=later.mentor.facts if later.mentor else None,
    )
    return later, [registered]


def facts_changed(person: Person) -> PersonAndEvents:
    """Publish the person's changed facts in full; of a person who left, only that they left."""
    later = _next(person)
    return later, [facts_event(later)]


def facts_event(person: Person) -> Event:
    """Return the event with a person's current facts and version; the same one when it is republished."""
    if person.state == "left":
        return PersonLeft(person_id=person.id, programme_id=person.programme_id, version=person.version)
    return PersonChanged(
        person_id=person.id,
        programme_id=person.programme_id,
        version=person.version,
        locale=person.locale,
        mentee=person.mentee.facts if person.mentee else None,
        mentor=person.mentor.facts if person.mentor else None,
        paused=person.state == "paused",
    )


def contact_changed(person: Person, seal: Callable[[Person], str]) -> PersonAndEvents:
    """Publish the person's changed contact; ``seal`` encrypts it, so that only its readers can open it."""
    later = _next(person)
    return later, [contact_event(later, seal(later))]


def contact_event(person: Person, sealed: str) -> ContactChanged:
    """Return the event with a person's current contact and version."""
    return ContactChanged(
        person_id=person.id,
        programme_id=person.programme_id,
        version=person.version,
        locale=person.locale,
        time_zone=person.time_zone,
        messages_consent=MESSAGES in person.agreed,
        sealed=sealed,
    )


def pause(person: Person, until: datetime | None, now: datetime) -> PersonAndEvents:
    """Start a break, open-ended or until a stated time; seniority is kept. A second pause only moves the end."""
    _require_in_pool(person)
    if until is not None and until <= now:
        raise Conflict("break_is_over", "The end of this break has passed already; give a later one or none.")
    if person.state == "paused" and person.paused_until == until:
        return person, []
    later = _next(replace(person, state="paused", paused_until=until))
    paused = PersonPaused(person_id=later.id, programme_id=later.programme_id, version=later.version, until=until)
    return later, [paused]


def resume(person: Person) -> PersonAndEvents:
    """End a break; a person without one stays unchanged."""
    _require_in_pool(person)
    if person.state == "active":
        return person, []
    later = _next(replace(person, state="active", paused_until=None))
    return later, [PersonResumed(person_id=later.id, programme_id=later.programme_id, version=later.version)]


def answer_consent(person: Person, purpose: str, given: bool) -> PersonAndEvents:
    """Give or withdraw a consent. Withdrawing ``matching`` leaves the pool; giving it again returns to it."""
    agreed = person.agreed | {purpose} if given else person.agreed - {purpose}
    if agreed == person.agreed:
        return person, []
    changed = replace(person, agreed=agreed)
    if purpose != MATCHING:
        return replace(changed, version=changed.version + 1), []
    if given:
        return facts_changed(replace(changed, state="active", paused_until=None))
    return facts_changed(replace(changed, state="left", paused_until=None))


def approve(person: Person, *, approved: bool, trained_until: date | None, cleared_for_minors: bool) -> PersonAndEvents:
    """Approve a mentor for as long as their training is valid, or withdraw the approval."""
    if person.mentor is None:
        raise Conflict("not_a_mentor", "This person has not applied as a mentor.", now={"roles": list(person.roles)})
    facts = replace(
        person.mentor.facts,
        approved=approved,
        trained_until=trained_until,
        cleared_for_minors=cleared_for_minors and approved,
    )
    if facts == person.mentor.facts:
        return person, []
    return facts_changed(replace(person, mentor=replace(person.mentor, facts=facts)))


def _require_in_pool(person: Person) -> None:
    if person.state == "left":
        raise Conflict(
            "not_in_the_pool",
            "You left matching when you withdrew your consent. To come back, agree to `matching` again.",
            now={"state": person.state},
        )


def _next(person: Person) -> Person:
    return replace(person, version=person.version + 1)
