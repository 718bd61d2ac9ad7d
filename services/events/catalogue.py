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

BY_TYPE: Mapping[str, type[Event]] = {event.type: event for event in ALL}
