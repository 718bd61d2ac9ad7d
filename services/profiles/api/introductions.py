"""The route of introductions, for the two people of a match."""

from typing import Any

from services.chassis.web.access_policy import allow, current
from services.chassis.web.api import Blueprint
from services.profiles.api.context import ApiContext, group
from services.profiles.api.schemas.answers import CardSchema
from services.profiles.api.views import card_view
from services.profiles.use_cases.record_introduction import read_introduction


def introductions(context: ApiContext) -> Blueprint:
    """Return the routes of introductions."""
    routes = group("introductions", "What the two people of a match see of each other.")

    @routes.route("/introductions/<match_id>", methods=["GET"])
    @allow("person")
    @routes.response(200, CardSchema)
    def card(match_id: str) -> dict[str, Any]:
        """Read the introduction of a match.

        For its two people, from the mentor's yes until the match ends. ``contact`` is null until the match is active;
        after that each read of it is recorded. A mentor sees a mentee's contact only with the consent
        ``contact_by_mentor``. To confirm or decline, use the matcher: ``POST /matcher/v1/matches/{id}/confirm``.
        """
        card = read_introduction(context.resources, match_id, current())
        return card_view(card, context.words.of(card.locale))

    return routes
