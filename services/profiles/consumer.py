"""The event door of profiles: what the others tell becomes a use case."""

from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.envelope import Envelope
from services.chassis.event import Event
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
from services.profiles.ports import World
from services.profiles.use_cases.erase_person import note_receipt
from services.profiles.use_cases.introduce import hear_of_match, hear_of_wait
from services.profiles.use_cases.tell_everybody import people_wanted

Handlers = Mapping[type[Event], Callable[[Any, Envelope], None]]


def handlers(world: World) -> Handlers:
    """Return what is done about each event."""

    def accepted(event: MatchAccepted, _: Envelope) -> None:
        hear_of_match(world, _introduction(event, "accepted"))

    def activated(event: MatchActivated, _: Envelope) -> None:
        hear_of_match(world, _introduction(event, "active"))
        hear_of_wait(world, event.match_id, event.programme_id, event.waited_seconds)

    def over(event: MatchEnded | MatchDeclined | MatchExpired, _: Envelope) -> None:
        hear_of_match(world, _introduction(event, "ended"))

    def forgotten(event: MatcherForgot | NotificationsForgot, _: Envelope) -> None:
        note_receipt(world, event.person_id, "matcher" if isinstance(event, MatcherForgot) else "notifications")

    def wanted(event: PeopleWanted, _: Envelope) -> None:
        people_wanted(world, event.request_id, event.programme_id)

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
