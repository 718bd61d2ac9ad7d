"""Events of notifications: delivered and failed messages, receipts for erasures."""

from dataclasses import dataclass

from services.chassis.messages.event import Event
from services.events.topics import DELIVERIES, RECEIPTS


@dataclass(frozen=True, kw_only=True)
class MessageDelivered(Event, type="cairn.notifications.message_delivered.v1", topic=DELIVERIES, key="person_id"):
    """A message was handed to the channel; ``kind`` names its template, ``subject`` is the id it is about."""

    person_id: str
    programme_id: str
    kind: str
    subject: str
    locale: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class MessageFailed(Event, type="cairn.notifications.message_failed.v1", topic=DELIVERIES, key="person_id"):
    """A message cannot be delivered; ``cause`` is a coded class of error, never its text."""

    person_id: str
    programme_id: str
    kind: str
    subject: str
    channel: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class NotificationsForgot(Event, type="cairn.notifications.person_forgotten.v1", topic=RECEIPTS, key="person_id"):
    """The receipt of notifications for an erasure: it has deleted all data of this person."""

    person_id: str
    programme_id: str
    version: int
