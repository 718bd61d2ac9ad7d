"""Routes of a person's preferences, for the person and for admins who help them."""

from typing import Any

from services.chassis.web.access_policy import allow, current, ensure_own
from services.chassis.web.api import Blueprint
from services.chassis.web.etags import conditional, require_match, set_version
from services.notifications.api.context import ApiContext
from services.notifications.api.schemas import PreferencesChange, PreferencesSchema
from services.notifications.domain.preferences import Preferences
from services.notifications.use_cases.change_preferences import change_preferences, read_preferences

_PATH = "/notifications/v1/people/<person_id>/preferences"


def preferences_routes(context: ApiContext) -> Blueprint:
    """Return the routes of preferences."""
    routes = Blueprint("preferences", __name__, description="How many messages a person wants, and when")

    @routes.route(_PATH, methods=["GET"])
    @allow("person", "people:read")
    @routes.response(200, PreferencesSchema)
    def read(person_id: str) -> Preferences:
        """Read a person's preferences.

        Your own or, as an admin, those of any person of the programme; all others answer 404. Preferences that were
        never changed have version 0. Send the ETag with a change.
        """
        ensure_own(person_id)
        preferences = read_preferences(context.uow, person_id, current().programme)
        set_version(preferences.version)
        return preferences

    @routes.route(_PATH, methods=["PATCH"])
    @allow("person", "people:write")
    @conditional
    @routes.arguments(PreferencesChange)
    @routes.response(200, PreferencesSchema)
    def change(body: dict[str, Any], person_id: str) -> Preferences:
        """Change a person's preferences.

        Fields left out stay as they are. Needs ``If-Match`` with the ETag that was read; answers 412 when the
        preferences have changed since. Needed messages (a question that awaits an answer, a sign-in link) are sent
        whatever the preferences are.
        """
        ensure_own(person_id)
        caller = current()
        changed = change_preferences(context.uow, person_id, caller.programme, body, require_match, by=caller.scope)
        set_version(changed.version)
        return changed

    return routes
