"""Answer a match: accept, decline, confirm, ask for another mentor, end."""

from collections.abc import Mapping
from typing import Any

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.idempotency import idempotent
from services.matcher.api.context import MATCHES, ApiContext, actor
from services.matcher.api.match_schemas import DeclineSchema, EndSchema, MatchSchema
from services.matcher.api.matches import answered
from services.matcher.use_cases.accept_match import accept_match
from services.matcher.use_cases.confirm_match import confirm_match
from services.matcher.use_cases.decline_match import decline_match
from services.matcher.use_cases.end_match import end_match
from services.matcher.use_cases.request_other_mentor import request_other_mentor

_AFTER = "The match as it is now; its version is the ETag"


def answer_routes(context: ApiContext) -> Blueprint:
    """Return the routes that change matches. An impossible change answers 409, with the state in ``now``."""
    routes = Blueprint(f"{MATCHES} answered", __name__, description="What the two people of a match say to it.")

    @routes.route("/matcher/v1/matches/<match_id>/accept", methods=["POST"])
    @allow("person")
    @answers(409)
    @idempotent
    @routes.response(200, MatchSchema, description=_AFTER)
    def accept(match_id: str) -> dict[str, Any]:
        """Accept, as the mentor.

        The mentee is introduced and asked. 409 when it was answered before, or the time to answer is over.
        """
        return answered(accept_match(context.uow, context.terms, actor(), match_id))

    @routes.route("/matcher/v1/matches/<match_id>/decline", methods=["POST"])
    @allow("person")
    @answers(409)
    @idempotent
    @routes.arguments(DeclineSchema, required=False, example={"reason": "no_time_now"})
    @routes.response(200, MatchSchema, description=_AFTER)
    def decline(body: Mapping[str, Any], match_id: str) -> dict[str, Any]:
        """Decline, as the side that is asked.

        Nobody is blamed: the reason stays private, the mentee keeps their place, and the next best mentor is asked.
        """
        return answered(decline_match(context.uow, actor(), match_id, reason=body.get("reason"), note=body.get("note")))

    @routes.route("/matcher/v1/matches/<match_id>/confirm", methods=["POST"])
    @allow("person")
    @answers(409)
    @idempotent
    @routes.response(200, MatchSchema, description=_AFTER)
    def confirm(match_id: str) -> dict[str, Any]:
        """Confirm, as the mentee, the mentor who accepted: the match is active."""
        return answered(confirm_match(context.uow, actor(), match_id))

    @routes.route("/matcher/v1/matches/<match_id>/not-the-fit", methods=["POST"])
    @allow("person")
    @answers(409)
    @idempotent
    @routes.response(200, MatchSchema, description=_AFTER)
    def not_the_fit(match_id: str) -> dict[str, Any]:
        """Ask for another mentor, as the mentee.

        No reason is needed; seniority stays, and the search for another mentor starts at once.
        """
        return answered(request_other_mentor(context.uow, actor(), match_id))

    _add_ending(routes, context)
    return routes


def _add_ending(routes: Blueprint, context: ApiContext) -> None:
    """Add the route that ends a match."""

    @routes.route("/matcher/v1/matches/<match_id>/end", methods=["POST"])
    @allow("person", "matches:decide")
    @answers(409)
    @idempotent
    @routes.arguments(EndSchema, required=False, example={"cause": "completed"})
    @routes.response(200, MatchSchema, description=_AFTER)
    def end(body: Mapping[str, Any], match_id: str) -> dict[str, Any]:
        """End a match, as either side or an admin.

        The two people can end what they have accepted; an admin can end any live match, with a reason for the audit.
        """
        cause = body.get("cause", "completed")
        return answered(end_match(context.uow, actor(), match_id, cause, reason=body.get("reason")))
