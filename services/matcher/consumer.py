"""Consume events about people from profiles, and apply each exactly once, in order per person."""

from collections.abc import Mapping

from services.chassis.delivery.record_handler import Handler
from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.events import profiles
from services.matcher.domain.known_person import PersonFact
from services.matcher.domain.programme_terms import Terms
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.apply_person_event import apply_person_event
from services.matcher.use_cases.end_sessions import end_sessions
from services.matcher.use_cases.erase_person import erase_person


def handlers(uow: UnitOfWork, terms: Terms) -> Mapping[type[Event], Handler]:
    """Return the handler of each event."""

    def apply(event: PersonFact, envelope: Envelope) -> None:
        del envelope
        apply_person_event(uow, terms, event)

    def erase(event: profiles.PersonErased, envelope: Envelope) -> None:
        del envelope
        erase_person(uow, event)

    def on_sessions_ended(event: profiles.SessionsEnded, envelope: Envelope) -> None:
        del envelope
        end_sessions(uow, event)

    return {
        profiles.PersonRegistered: apply,
        profiles.PersonChanged: apply,
        profiles.PersonPaused: apply,
        profiles.PersonResumed: apply,
        profiles.PersonLeft: apply,
        profiles.PersonErased: erase,
        profiles.SessionsEnded: on_sessions_ended,
    }
