"""The HTTP API of profiles: it translates between requests and use cases, and never decides."""

from collections.abc import Sequence

from services.chassis.web.api import Blueprint
from services.profiles.api.api_keys import api_keys
from services.profiles.api.catalogue import catalogue
from services.profiles.api.consents import consents
from services.profiles.api.context import ApiContext
from services.profiles.api.introductions import introductions
from services.profiles.api.mentees import mentees
from services.profiles.api.mentors import mentors
from services.profiles.api.people import people
from services.profiles.api.sessions import sessions
from services.profiles.api.sign_in import sign_ins

__all__ = ["ApiContext", "routes"]


def routes(context: ApiContext) -> Sequence[Blueprint]:
    """Return the blueprints of this service."""
    builders = (mentees, mentors, people, consents, sign_ins, sessions, api_keys, introductions)
    return (*(build(context) for build in builders), catalogue())
