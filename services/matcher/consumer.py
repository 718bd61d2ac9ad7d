"""What the matcher hears: people of profiles, each event once, in order per person."""

from collections.abc import Mapping

from services.chassis.envelope import Envelope
from services.chassis.event import Event
from services.chassis.subscriber import Handler
from services.events import profiles
from services.matcher.domain.member import Heard
from services.matcher.domain.terms import Terms
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.forget_person import forget_person
from services.matcher.use_cases.hear_person import hear_person


def handlers(uow: UnitOfWork, terms: Terms) -> Mapping[type[Event], Handler]:
    """What is done for each event."""

    def person(event: Heard, envelope: Envelope) -> None:
        del envelope
        hear_person(uow, terms, event)

    def erased(event: profiles.PersonErased, envelope: Envelope) -> None:
        del envelope
        forget_person(uow, event)

    return {
        profiles.PersonRegistered: person,
        profiles.PersonChanged: person,
        profiles.PersonPaused: person,
        profiles.PersonResumed: person,
        profiles.PersonLeft: person,
        profiles.PersonErased: erased,
    }
