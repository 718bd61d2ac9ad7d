"""The event handlers of notifications: each passes an event of another service to its use case."""

from collections.abc import Mapping
from typing import Any

from services.chassis.delivery.record_handler import Handler
from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.events import matcher, profiles
from services.notifications.ports import Unit
from services.notifications.use_cases import notify
from services.notifications.use_cases.end_sessions import end_sessions
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
    """Return the handler of each event type; the subscriber runs it in one transaction with the inbox row."""

    def on_person(event: Any, envelope: Envelope) -> None:
        notify.on_person(uow, event, envelope.time)

    def on_contact_changed(event: Any, _: Envelope) -> None:
        notify.on_contact_changed(uow, event)

    def on_person_left(event: Any, _: Envelope) -> None:
        notify.on_person_left(uow, event)

    def on_person_erased(event: Any, _: Envelope) -> None:
        erase_person(uow, event)

    def on_match(event: Any, envelope: Envelope) -> None:
        notify.on_match(uow, event, envelope.time)

    def on_other_event(event: Any, envelope: Envelope) -> None:
        notify.on_other_event(uow, event, envelope.time)

    def on_sessions_ended(event: profiles.SessionsEnded, _: Envelope) -> None:
        end_sessions(uow, event)

    return {
        profiles.PersonRegistered: on_person,
        profiles.PersonChanged: on_person,
        profiles.ContactChanged: on_contact_changed,
        profiles.PersonLeft: on_person_left,
        profiles.PersonErased: on_person_erased,
        profiles.SignInAsked: on_other_event,
        profiles.SessionsEnded: on_sessions_ended,
        matcher.WaitAtRisk: on_other_event,
        **dict.fromkeys(_MATCH_EVENTS, on_match),
    }
