"""What notifications hears: each event goes to the use case that knows what to do with it."""

from collections.abc import Mapping
from typing import Any

from services.chassis.envelope import Envelope
from services.chassis.event import Event
from services.chassis.subscriber import Handler
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
        notify.hear_person(uow, event, envelope.time)

    def contact(event: Any, _: Envelope) -> None:
        notify.hear_contact(uow, event)

    def leaving(event: Any, _: Envelope) -> None:
        notify.hear_leaving(uow, event)

    def erasure(event: Any, _: Envelope) -> None:
        erase_person(uow, event)

    def match(event: Any, envelope: Envelope) -> None:
        notify.hear_match(uow, event, envelope.time)

    def other(event: Any, envelope: Envelope) -> None:
        notify.hear_other(uow, event, envelope.time)

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
