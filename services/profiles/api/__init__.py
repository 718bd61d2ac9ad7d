"""The HTTP door of profiles: who asks, which use case, what to answer. It translates and never decides."""

from collections.abc import Sequence

from services.chassis.api import Blueprint
from services.profiles.api.blueprint import Desk
from services.profiles.api.catalogue import catalogue
from services.profiles.api.consents import consents
from services.profiles.api.introductions import introductions
from services.profiles.api.mentees import mentees
from services.profiles.api.mentors import mentors
from services.profiles.api.people import people
from services.profiles.api.sign_in import sign_ins

__all__ = ["Desk", "routes"]


def routes(desk: Desk) -> Sequence[Blueprint]:
    """Return every group of routes of this service."""
    made = (mentees, mentors, people, consents, sign_ins, introductions)
    return (*(group(desk) for group in made), catalogue())
