"""The HTTP door of profiles: who asks, which use case, what to answer. It translates and never decides."""

from collections.abc import Sequence

from services.chassis.web.api import Blueprint
from services.profiles.api.catalogue import catalogue
from services.profiles.api.consents import consents
from services.profiles.api.context import ApiContext
from services.profiles.api.introductions import introductions
from services.profiles.api.mentees import mentees
from services.profiles.api.mentors import mentors
from services.profiles.api.people import people
from services.profiles.api.sign_in import sign_ins

__all__ = ["ApiContext", "routes"]


def routes(context: ApiContext) -> Sequence[Blueprint]:
    """Return every group of routes of this service."""
    made = (mentees, mentors, people, consents, sign_ins, introductions)
    return (*(group(context) for group in made), catalogue())
