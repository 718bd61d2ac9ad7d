"""Record introductions from match events, and show them to their two people only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.chassis.identity.principal import Principal
from services.chassis.messages.event import Event
from services.events.matcher import (
    MatchAccepted,
    MatchActivated,
    MatchDeclined,
    MatchEnded,
    MatchExpired,
    Reason,
)
from services.profiles.domain.consent import CONTACT_BY_MENTOR
from services.profiles.domain.introduction import Introduction, Stage, advance
from services.profiles.domain.person import Contact, Person
from services.profiles.domain.refusals import no_such_introduction
from services.profiles.ports import Resources, Store

_OF_MATCHES = MatchAccepted | MatchActivated | MatchDeclined | MatchExpired | MatchEnded


@dataclass(frozen=True, kw_only=True)
class Card:
    """What one of the two sees of the other; ``contact`` only in an active match, and only when signed in.

    ``also_clinician``: the other person is the mentor and works in health care; the mentee reads what that means.
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


def prefetch(resources: Resources, events: Sequence[Event]) -> None:
    """Read at once the introductions and people that a batch of events needs."""
    matches = [event for event in events if isinstance(event, _OF_MATCHES)]
    with resources.begin() as store:
        store.introductions.prefetch([event.match_id for event in matches])
        store.people.all_exist({person_id for event in matches for person_id in (event.mentee_id, event.mentor_id)})


def record_introduction(resources: Resources, received: Introduction) -> None:
    """Store the introduction's next state; skip it when a person is gone. Raises Conflict for an impossible one.

    The end of a match that was never accepted is stored as well: an acceptance handled later must not revive it.
    """
    with resources.begin() as store:
        if not store.people.all_exist({received.mentee_id, received.mentor_id}):
            return
        stored = store.introductions.get(received.match_id)
        after = advance(stored, received)
        if after != stored:
            store.introductions.put(after)


def record_wait(resources: Resources, match_id: str, programme_id: str, seconds: int) -> None:
    """Record how long the mentee of a match waited."""
    with resources.begin() as store:
        store.waits.add(match_id, programme_id, seconds)


def read_introduction(resources: Resources, match_id: str, caller: Principal) -> Card:
    """Return a signed-in person's card; in an active match with contact details, each read of them audited."""
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
    """Return whether the reader may contact the other person: a mentor always, a mentee by consent."""
    return shown_to == "mentee" or CONTACT_BY_MENTOR in other.agreed
