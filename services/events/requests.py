"""Requests that any service may send to the owner of data."""

from dataclasses import dataclass

from services.chassis.messages.event import Event
from services.events.topics import REQUESTS


@dataclass(frozen=True, kw_only=True)
class PeopleWanted(
    Event,
    type="cairn.people_wanted.v1",
    topic=REQUESTS,
    key="asked_by",
    producers=("matcher", "notifications"),
):
    """A new or rebuilt consumer asks profiles to republish all people; ``asked_by`` names the service."""

    asked_by: str
    programme_id: str
    request_id: str
