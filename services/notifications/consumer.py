"""What notifications hears: each event goes to the use case that knows what to do with it."""

from collections.abc import Mapping
from typing import Any

from services.chassis.delivery.record_handler import Handler
from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.events import matcher, profiles
from services.notifications.ports import Unit
from services.notifications.use_cases import notify
from services.notifications.use_cases.erase_person import erase_person

_MATCH_EVENTS: tuple[type[Event], ...] = (
    matcher.MatchProposed,
    matcher.MatchReminderDue,
    matcher.MatchAccepted,
    matcher.MatchActivated,
    matcher.MatchDeclined,
    matcher.MatchExpired,
    matcher.MatchEnded,
)


def handlers(uow: Unit) -> Mapping[type[Event], Handler]:
    """Return what to do for each event; the subscriber runs it inside one transaction with the inbox row."""

    def person(event: Any, envelope: Envelope) -> None:
        notify.on_person(uow, event, envelope.time)

    def contact(event: Any, _: Envelope) -> None:
        notify.on_contact_changed(uow, event)

    def leaving(event: Any, _: Envelope) -> None:
        notify.on_person_left(uow, event)

    def erasure(event: Any, _: Envelope) -> None:
        erase_person(uow, event)

    def match(event: Any, envelope: Envelope) -> None:
        notify.on_match(uow, event, envelope.time)

    def other(event: Any, envelope: Envelope) -> None:
        notify.on_other_event(uow, event, envelope.time)

    return {
        profiles.PersonRegistered: person,
        profiles.PersonChanged: person,
        profiles.ContactChanged: contact,
        profiles.PersonLeft: leaving,
        profiles.PersonErased: erasure,
        profiles.SignInAsked: other,
        matcher.WaitAtRisk: other,
        **dict.fromkeys(_MATCH_EVENTS, match),
    }
