"""A person: mentee, mentor or both; each change is a new value together with what is told of it.

Every event takes the next `version`, so that a consumer can tell older from newer. A person who left keeps their record
and tells nothing but their leaving, until they agree to matching again or are erased.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from services.chassis.core.errors import Conflict
from services.chassis.messages.event import Event
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


@dataclass(frozen=True, kw_only=True)
class Contact:
    """How to reach and to call a person; never told in clear."""

    email: str
    phone: str | None = None
    name: str | None = None
    pronouns: str | None = None


@dataclass(frozen=True, kw_only=True)
class MenteeSide:
    """What a mentee said: the facts for matching, and what is kept from it."""

    facts: MenteeFacts
    own_words: str | None = None
    referral_code: str | None = None
    support: tuple[str, ...] = ()
    access_needs: tuple[str, ...] = ()
    ever_met_a_peer: bool | None = None


@dataclass(frozen=True, kw_only=True)
class MentorSide:
    """What a mentor said: the facts for matching, and what is kept from it."""

    facts: MentorFacts
    applied_at: datetime
    own_words: str | None = None
    hopes: str | None = None
    access_needs: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """`applied` until an admin approved, then `approved`."""
        return "approved" if self.facts.approved else "applied"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody in a programme. `agreed` holds the consents that stand now; the ledger holds their history."""

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
        """The sides this person stands on; both are possible."""
        sides: tuple[tuple[Role, object], ...] = (("mentee", self.mentee), ("mentor", self.mentor))
        return tuple(role for role, side in sides if side is not None)


Told = tuple[Person, list[Event]]


def join(person: Person) -> Told:
    """Somebody signed up, or took up a second role."""
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


def show(person: Person) -> Told:
    """The person's facts are new: say the whole state. Of a person who left, only that they left is said."""
    later = _next(person)
    return later, [facts_told(later)]


def facts_told(person: Person) -> Event:
    """Return what is true of a person now, at their present version: for a change and for telling it again."""
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


def reach(person: Person, seal: Callable[[Person], str]) -> Told:
    """How to reach the person is new; `seal` closes the contact so that only its readers can open it."""
    later = _next(person)
    return later, [contact_told(later, seal(later))]


def contact_told(person: Person, sealed: str) -> ContactChanged:
    """Return how a person can be reached, at their present version."""
    return ContactChanged(
        person_id=person.id,
        programme_id=person.programme_id,
        version=person.version,
        locale=person.locale,
        time_zone=person.time_zone,
        messages_consent=MESSAGES in person.agreed,
        sealed=sealed,
    )


def pause(person: Person, until: datetime | None, now: datetime) -> Told:
    """Take a break, open or until a moment; seniority is kept. A second pause only moves its end."""
    _must_be_here(person)
    if until is not None and until <= now:
        raise Conflict("break_is_over", "The end of this break has passed already; give a later one or none.")
    if person.state == "paused" and person.paused_until == until:
        return person, []
    later = _next(replace(person, state="paused", paused_until=until))
    paused = PersonPaused(person_id=later.id, programme_id=later.programme_id, version=later.version, until=until)
    return later, [paused]


def resume(person: Person) -> Told:
    """Come back from a break; for somebody who has none nothing changes."""
    _must_be_here(person)
    if person.state == "active":
        return person, []
    later = _next(replace(person, state="active", paused_until=None))
    return later, [PersonResumed(person_id=later.id, programme_id=later.programme_id, version=later.version)]


def answer_consent(person: Person, purpose: str, given: bool) -> Told:
    """Give or withdraw a consent. Withdrawing `matching` leaves the pool, giving it again returns to it."""
    agreed = person.agreed | {purpose} if given else person.agreed - {purpose}
    if agreed == person.agreed:
        return person, []
    changed = replace(person, agreed=agreed)
    if purpose != MATCHING:
        return replace(changed, version=changed.version + 1), []
    if given:
        return show(replace(changed, state="active", paused_until=None))
    return show(replace(changed, state="left", paused_until=None))


def approve(person: Person, *, approved: bool, trained_until: date | None, cleared_for_minors: bool) -> Told:
    """An admin lets a mentor in for as long as their training is valid, or takes the approval back."""
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
    return show(replace(person, mentor=replace(person.mentor, facts=facts)))


def _must_be_here(person: Person) -> None:
    if person.state == "left":
        raise Conflict(
            "not_in_the_pool",
            "Matching was left by withdrawing consent. Agree to `matching` again to come back.",
            now={"state": person.state},
        )


def _next(person: Person) -> Person:
    return replace(person, version=person.version + 1)
