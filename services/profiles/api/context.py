"""What the routes share: resources, translations, and the caller."""

from dataclasses import dataclass

from services.chassis.i18n.translations import Words
from services.chassis.web.access_policy import current
from services.chassis.web.api import Blueprint
from services.profiles.ports import Resources

PREFIX = "/profiles/v1"


@dataclass(frozen=True, kw_only=True)
class ApiContext:
    """The resources and translations that routes use."""

    resources: Resources
    words: Words


def group(name: str, about: str) -> Blueprint:
    """Return an empty blueprint under the prefix."""
    return Blueprint(name, __name__, url_prefix=PREFIX, description=about)


def signed_in_person() -> str | None:
    """Return the id of the person whose token was sent, None for any other caller."""
    return current().person_id
