"""Two people are introduced: what the matcher says of their match is kept, and shown to the two alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.chassis.identity.principal import Principal
from services.chassis.messages.event import Event
from services.events.matcher import MatchAccepted, MatchActivated, Reason
from services.profiles.domain.consent import CONTACT_BY_MENTOR
from services.profiles.domain.introduction import Introduction, Stage, merge
from services.profiles.domain.person import Contact, Person
from services.profiles.domain.refusals import no_such_introduction
from services.profiles.ports import Resources, Store


@dataclass(frozen=True, kw_only=True)
class Card:
    """What one of the two sees of the other; `contact` only in an active match, and only to whoever is signed in.

    `also_clinician`: the other mentors, and works in health care too; the mentee reads what that means here.
    """

    match_id: str
    stage: Stage
    confirm_by: datetime | None
    shown_to: Literal["mentee", "mentor"]
    locale: str
    time_zone: str
    name: str | None
    pronouns: str | None
    own_words: str | None
    hopes: str | None
    also_clinician: bool
    reasons: tuple[Reason, ...]
    contact: Contact | None = None


def expect(resources: Resources, events: Sequence[Event]) -> None:
    """Read at once what events that are heard together will need."""
    told = [event for event in events if isinstance(event, MatchAccepted | MatchActivated)]
    with resources.begin() as store:
        store.introductions.expect([event.match_id for event in told])
        store.people.are_here({one for event in told for one in (event.mentee_id, event.mentor_id)})


def record_introduction(resources: Resources, heard: Introduction) -> None:
    """Keep what was said of a match; not of people who are gone, and no end of what was never introduced."""
    with resources.begin() as store:
        known = store.introductions.get(heard.match_id)
        if known is None and heard.stage == "ended":
            return
        if not store.people.are_here({heard.mentee_id, heard.mentor_id}):
            return
        later = merge(known, heard)
        if later != known:
            store.introductions.put(later)


def record_wait(resources: Resources, match_id: str, programme_id: str, seconds: int) -> None:
    """Count how long somebody waited."""
    with resources.begin() as store:
        store.waits.add(match_id, programme_id, seconds)


def read_introduction(resources: Resources, match_id: str, caller: Principal) -> Card:
    """Return the card for one of the two, signed in; in an active match with contact details, each reading audited."""
    with resources.begin() as store:
        card, introduction = _card(store, match_id, caller.person_id or "", caller.programme)
        if not introduction.contact_open:
            return card
        other = store.people.get(introduction.other(caller.person_id or "") or "")
        if other is None or not _may_be_contacted(other, card.shown_to):
            return card
        store.audit("contact.read", other.id, by=caller.scope, detail={"match_id": match_id})
        return replace(card, contact=other.contact)


def open_introduction(resources: Resources, match_id: str, person_id: str) -> Card:
    """Return the card for the holder of a link: never with contact details, since a link can be forwarded."""
    with resources.begin(read_only=True) as store:
        return _card(store, match_id, person_id, resources.rules.programme)[0]


def _card(store: Store, match_id: str, person_id: str, programme_id: str) -> tuple[Card, Introduction]:
    introduction = store.introductions.get(match_id)
    if introduction is None or introduction.programme_id != programme_id or introduction.stage == "ended":
        raise no_such_introduction()
    me = store.people.get(person_id)
    other = store.people.get(introduction.other(person_id) or "")
    if me is None or other is None:
        raise no_such_introduction()
    as_mentee = person_id == introduction.mentee_id
    side = other.mentor if as_mentee else other.mentee
    card = Card(
        match_id=match_id,
        stage=introduction.stage,
        confirm_by=introduction.confirm_by,
        shown_to="mentee" if as_mentee else "mentor",
        locale=me.locale,
        time_zone=me.time_zone,
        name=other.contact.name,
        pronouns=other.contact.pronouns,
        own_words=side.own_words if side else None,
        hopes=other.mentor.hopes if as_mentee and other.mentor else None,
        also_clinician=bool(as_mentee and other.mentor and other.mentor.facts.also_clinician),
        reasons=introduction.reasons,
    )
    return card, introduction


def _may_be_contacted(other: Person, shown_to: str) -> bool:
    """A mentor's offer is to be written to; a mentee says by consent whether the mentor may write first."""
    return shown_to == "mentee" or CONTACT_BY_MENTOR in other.agreed
