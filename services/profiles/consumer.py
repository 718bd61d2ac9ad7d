"""The event door of profiles: what the others tell becomes a use case."""

from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.events.matcher import (
    MatchAccepted,
    MatchActivated,
    MatchDeclined,
    MatchEnded,
    MatcherForgot,
    MatchExpired,
)
from services.events.notifications import NotificationsForgot
from services.events.requests import PeopleWanted
from services.profiles.domain.introduction import Introduction, Stage
from services.profiles.ports import Resources
from services.profiles.use_cases.erase_person import note_receipt
from services.profiles.use_cases.record_introduction import record_introduction, record_wait
from services.profiles.use_cases.republish_people import start_republishing

Handlers = Mapping[type[Event], Callable[[Any, Envelope], None]]


def handlers(resources: Resources) -> Handlers:
    """Return what is done about each event."""

    def accepted(event: MatchAccepted, _: Envelope) -> None:
        record_introduction(resources, _introduction(event, "accepted"))

    def activated(event: MatchActivated, _: Envelope) -> None:
        record_introduction(resources, _introduction(event, "active"))
        record_wait(resources, event.match_id, event.programme_id, event.waited_seconds)

    def over(event: MatchEnded | MatchDeclined | MatchExpired, _: Envelope) -> None:
        record_introduction(resources, _introduction(event, "ended"))

    def forgotten(event: MatcherForgot | NotificationsForgot, _: Envelope) -> None:
        note_receipt(resources, event.person_id, "matcher" if isinstance(event, MatcherForgot) else "notifications")

    def wanted(event: PeopleWanted, _: Envelope) -> None:
        start_republishing(resources, event.request_id, event.programme_id)

    return {
        MatchAccepted: accepted,
        MatchActivated: activated,
        MatchEnded: over,
        MatchDeclined: over,
        MatchExpired: over,
        MatcherForgot: forgotten,
        NotificationsForgot: forgotten,
        PeopleWanted: wanted,
    }


def _introduction(event: Any, stage: Stage) -> Introduction:
    return Introduction(
        match_id=event.match_id,
        programme_id=event.programme_id,
        mentee_id=event.mentee_id,
        mentor_id=event.mentor_id,
        stage=stage,
        confirm_by=getattr(event, "confirm_by", None),
        reasons=getattr(event, "reasons", ()),
    )
