"""Something happened: queue the messages it calls for, each once, and take back those that lost their reason."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from services.chassis.messages.event import Event
from services.events import matcher, profiles
from services.notifications.domain.delivery import queued
from services.notifications.domain.match import MatchEvent, after, without
from services.notifications.domain.person import gone, with_contact, with_facts
from services.notifications.domain.plan import Message, plan
from services.notifications.ports import Store, Unit


def expect(uow: Unit, events: Sequence[Event]) -> None:
    """Read at once what events that are heard together will need: people, held in one order, and matches."""
    by_programme: dict[str, set[str]] = {}
    for event in events:
        people = by_programme.setdefault(getattr(event, "programme_id", ""), set())
        people |= {getattr(event, name, "") for name in ("person_id", "mentee_id", "mentor_id")}
    with uow.begin() as store:
        for programme_id, people in sorted(by_programme.items()):
            store.hold_people(sorted(people - {""}), programme_id)
        store.expect_matches([event.match_id for event in events if isinstance(event, MatchEvent)])


def on_person(uow: Unit, event: profiles.PersonRegistered | profiles.PersonChanged, at: datetime) -> None:
    """Keep the language and the roles of a person; greet them, thank them, or tell them that they are approved."""
    with uow.begin() as store:
        before = store.hold_person(event.person_id, event.programme_id)
        person = with_facts(before, event)
        if person is None:
            return
        store.save_person(person)
        _queue(store, plan(event, at, before))


def on_contact_changed(uow: Unit, event: profiles.ContactChanged) -> None:
    """Keep how to reach a person, sealed as it came, and let go what waited for it."""
    with uow.begin() as store:
        person = with_contact(store.hold_person(event.person_id, event.programme_id), event)
        if person is None:
            return
        store.save_person(person)
        store.release(person.id)


def on_person_left(uow: Unit, event: profiles.PersonLeft) -> None:
    """Remember that a person left: from now on only what they ask for is sent."""
    with uow.begin() as store:
        person = gone(store.hold_person(event.person_id, event.programme_id), event)
        if person is not None:
            store.save_person(person)


def on_match(uow: Unit, event: MatchEvent, at: datetime) -> None:
    """Remember how far a match is, put aside what that made pointless, and queue what it calls for."""
    with uow.begin() as store:
        known = store.match(event.match_id)
        match = after(known, event)
        for person_id in sorted({match.mentee_id, match.mentor_id} - {""}):
            person = store.hold_person(person_id, match.programme_id)
            if person is not None and person.erased:
                match = without(match, person_id)
        store.save_match(match)
        store.lapse(match.id, match.state)
        _queue(store, plan(event, at))


def on_other_event(uow: Unit, event: matcher.WaitAtRisk | profiles.SignInAsked, at: datetime) -> None:
    """Queue what an event calls for that changes nothing we keep."""
    with uow.begin() as store:
        _queue(store, plan(event, at))


def _queue(store: Store, messages: Sequence[Message]) -> None:
    for message in messages:
        if not message.recipient or message.lapses_at <= store.now:
            continue  # told again long after it mattered, or about somebody who is forgotten
        person = store.hold_person(message.recipient, message.programme_id)
        if person is not None and person.erased:
            continue
        store.add_delivery(queued(message, str(uuid4()), person, store.now))
