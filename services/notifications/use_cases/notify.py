"""Handle events: store what they change, queue their messages once, and let messages lapse that lost their reason."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from services.chassis.messages.event import Event
from services.events import matcher, profiles
from services.notifications.domain.delivery import new_delivery
from services.notifications.domain.match import MatchEvent, apply_event, without_person
from services.notifications.domain.person import with_contact, with_facts, with_leaving
from services.notifications.domain.plan import Message, plan
from services.notifications.ports import Store, Unit


def prefetch(uow: Unit, events: Sequence[Event]) -> None:
    """Read at once the people (locked in order of their ids) and matches that a batch of events needs."""
    by_programme: dict[str, set[str]] = {}
    for event in events:
        people = by_programme.setdefault(getattr(event, "programme_id", ""), set())
        people |= {getattr(event, name, "") for name in ("person_id", "mentee_id", "mentor_id")}
    with uow.begin() as store:
        for programme_id, people in sorted(by_programme.items()):
            store.lock_people(sorted(people - {""}), programme_id)
        store.prefetch_matches([event.match_id for event in events if isinstance(event, MatchEvent)])


def on_person(uow: Unit, event: profiles.PersonRegistered | profiles.PersonChanged, at: datetime) -> None:
    """Store a person's language and roles; queue a welcome, thanks, or the news of their approval."""
    with uow.begin() as store:
        before = store.lock_person(event.person_id, event.programme_id)
        person = with_facts(before, event)
        if person is None:
            return
        store.save_person(person)
        _queue(store, plan(event, at, before))


def on_contact_changed(uow: Unit, event: profiles.ContactChanged) -> None:
    """Store a person's contact, still sealed, and queue the deliveries that waited for it."""
    with uow.begin() as store:
        person = with_contact(store.lock_person(event.person_id, event.programme_id), event)
        if person is None:
            return
        store.save_person(person)
        store.release(person.id)


def on_person_left(uow: Unit, event: profiles.PersonLeft) -> None:
    """Record that a person left: from now on they get only messages that they request."""
    with uow.begin() as store:
        person = with_leaving(store.lock_person(event.person_id, event.programme_id), event)
        if person is not None:
            store.save_person(person)


def on_match(uow: Unit, event: MatchEvent, at: datetime) -> None:
    """Store the state of a match, let messages of earlier states lapse, and queue the event's messages."""
    with uow.begin() as store:
        match = apply_event(store.match(event.match_id), event)
        for person_id in sorted({match.mentee_id, match.mentor_id} - {""}):
            person = store.lock_person(person_id, match.programme_id)
            if person is not None and person.erased:
                match = without_person(match, person_id)
        store.save_match(match)
        store.lapse(match.id, match.state)
        _queue(store, plan(event, at))


def on_other_event(uow: Unit, event: matcher.WaitAtRisk | profiles.SignInAsked, at: datetime) -> None:
    """Queue the messages of an event that changes no stored data."""
    with uow.begin() as store:
        _queue(store, plan(event, at))


def _queue(store: Store, messages: Sequence[Message]) -> None:
    for message in messages:
        if not message.recipient or message.lapses_at <= store.now:
            continue  # the event was replayed too late, or its person is erased
        person = store.lock_person(message.recipient, message.programme_id)
        if person is not None and person.erased:
            continue
        store.add_delivery(new_delivery(message, str(uuid4()), person, store.now))
