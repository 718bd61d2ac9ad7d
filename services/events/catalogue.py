"""All events by type; the source of the codec, the generated schemas and the documentation."""

from collections.abc import Mapping

from services.chassis.messages.event import Event
from services.events import matcher, notifications, profiles, requests

ALL: tuple[type[Event], ...] = (
    profiles.PersonRegistered,
    profiles.PersonChanged,
    profiles.PersonPaused,
    profiles.PersonResumed,
    profiles.PersonLeft,
    profiles.PersonErased,
    profiles.ContactChanged,
    profiles.SignInAsked,
    profiles.SessionsEnded,
    matcher.MatchProposed,
    matcher.MatchReminderDue,
    matcher.MatchAccepted,
    matcher.MatchActivated,
    matcher.MatchDeclined,
    matcher.MatchExpired,
    matcher.MatchEnded,
    matcher.WaitAtRisk,
    matcher.WeightsPublished,
    matcher.MatcherForgot,
    notifications.MessageDelivered,
    notifications.MessageFailed,
    notifications.NotificationsForgot,
    requests.PeopleWanted,
)

PRODUCERS: Mapping[str, frozenset[str]] = {
    topic: frozenset[str]().union(*(event.producers for event in ALL if event.topic == topic))
    for topic in {event.topic for event in ALL}
}
"""The services that may write each topic."""

BY_TYPE: Mapping[str, type[Event]] = {event.type: event for event in ALL}
