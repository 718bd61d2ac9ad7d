"""Routes of sessions: renew, list and end them."""

from typing import Any

from services.chassis.web.access_policy import allow, current
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.rate_limits import guesses, limited
from services.profiles.api.context import ApiContext, group
from services.profiles.api.schemas.sessions import RefreshSchema, SessionListSchema, SignedInSchema
from services.profiles.api.views import session_view, signed_in_view
from services.profiles.use_cases.sessions import end_own_sessions, end_session, list_sessions, renew_session


def sessions(context: ApiContext) -> Blueprint:
    """Return the routes of sessions."""
    routes = group("sessions", "Staying signed in, and signing out.")

    @routes.route("/session-renewals", methods=["POST"])
    @allow("anyone")
    @limited(setting="sign_up_limit")
    @guesses
    @answers(401)
    @routes.arguments(RefreshSchema, example={"refresh_token": "session_9f2c.the-secret-part"})
    @routes.response(200, SignedInSchema)
    def renew(body: dict[str, Any]) -> dict[str, Any]:
        """Renew an access token.

        An access token lives for 15 minutes, a session for 30 days unless the programme says otherwise. The answer has
        a new refresh token; keep that one. An old one that is sent again after a minute ends the session, because two
        callers cannot both be its owner.
        """
        return signed_in_view(renew_session(context.resources, body["refresh_token"]))

    @routes.route("/sessions", methods=["GET"])
    @allow("person")
    @routes.response(200, SessionListSchema)
    def listed() -> dict[str, Any]:
        """List your open sessions, newest first."""
        caller = current()
        return {"items": [session_view(session, caller) for session in list_sessions(context.resources, caller)]}

    @routes.route("/sessions", methods=["DELETE"])
    @allow("person")
    @routes.response(204)
    def end_all() -> None:
        """Sign out everywhere. This session ends as well."""
        end_own_sessions(context.resources, current())

    @routes.route("/sessions/current", methods=["DELETE"])
    @allow("person")
    @answers(404)
    @routes.response(204)
    def end_current() -> None:
        """Sign out here. The access token of this session is refused from now on."""
        end_session(context.resources, current(), current().session or "")

    @routes.route("/sessions/<session_id>", methods=["DELETE"])
    @allow("person")
    @routes.response(204)
    def end_one(session_id: str) -> None:
        """End one of your sessions."""
        end_session(context.resources, current(), session_id)

    return routes
