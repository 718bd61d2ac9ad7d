"""What a person wishes of our messages: their own, or by an admin who helps them."""

from dataclasses import replace
from typing import Any

from services.chassis.web.access_policy import allow, current, ensure_own
from services.chassis.web.api import Blueprint
from services.chassis.web.etags import conditional, require_match, set_version
from services.notifications.api.schemas import PreferencesChange, PreferencesSchema
from services.notifications.domain.preferences import Preferences
from services.notifications.ports import Unit
from services.notifications.use_cases.change_preferences import change_preferences, read_preferences

_PATH = "/notifications/v1/people/<person_id>/preferences"


def preferences_routes(uow: Unit) -> Blueprint:
    """Return the routes for a person's wishes."""
    routes = Blueprint("preferences", __name__, description="How many messages a person wishes, and when")

    @routes.route(_PATH, methods=["GET"])
    @allow("person", "admin")
    @routes.response(200, PreferencesSchema)
    def read(person_id: str) -> Preferences:
        """Read a person's wishes.

        One's own, or as an admin anybody's of the programme; everybody else's answer 404. Somebody who never said any
        has version 0. The ETag is for changing them.
        """
        ensure_own(person_id)
        found = read_preferences(uow, person_id, current().programme)
        set_version(found.version)
        return found

    @routes.route(_PATH, methods=["PATCH"])
    @allow("person", "admin")
    @conditional
    @routes.arguments(PreferencesChange)
    @routes.response(200, PreferencesSchema)
    def change(body: dict[str, Any], person_id: str) -> Preferences:
        """Change a person's wishes.

        Fields left out stay as they are. Needs `If-Match` with the ETag that was read; answers 412 when the wishes
        changed since. What is needed (an answer that is awaited, a sign-in link) is sent whatever is wished here.
        """
        ensure_own(person_id)
        with uow.begin():
            known = read_preferences(uow, person_id, current().programme)
            require_match(known.version)
            wished = change_preferences(uow, replace(known, **body, version=known.version + 1), by=current().scope)
        set_version(wished.version)
        return wished

    return routes
