"""The event handlers of profiles: each translates an event of another service into a use case."""

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
from services.profiles.use_cases.erase_person import record_receipt
from services.profiles.use_cases.record_introduction import record_introduction, record_wait
from services.profiles.use_cases.republish_people import start_republishing

Handlers = Mapping[type[Event], Callable[[Any, Envelope], None]]


def handlers(resources: Resources) -> Handlers:
    """Return the handler of each event type."""

    def on_match_accepted(event: MatchAccepted, _: Envelope) -> None:
        record_introduction(resources, _introduction(event, "accepted"))

    def on_match_activated(event: MatchActivated, _: Envelope) -> None:
        record_introduction(resources, _introduction(event, "active"))
        record_wait(resources, event.match_id, event.programme_id, event.waited_seconds)

    def on_match_over(event: MatchEnded | MatchDeclined | MatchExpired, _: Envelope) -> None:
        record_introduction(resources, _introduction(event, "ended"))

    def on_receipt(event: MatcherForgot | NotificationsForgot, _: Envelope) -> None:
        record_receipt(resources, event.person_id, "matcher" if isinstance(event, MatcherForgot) else "notifications")

    def on_people_wanted(event: PeopleWanted, _: Envelope) -> None:
        start_republishing(resources, event.request_id, event.programme_id)

    return {
        MatchAccepted: on_match_accepted,
        MatchActivated: on_match_activated,
        MatchEnded: on_match_over,
        MatchDeclined: on_match_over,
        MatchExpired: on_match_over,
        MatcherForgot: on_receipt,
        NotificationsForgot: on_receipt,
        PeopleWanted: on_people_wanted,
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
