"""The matcher's HTTP API: it checks access and translates JSON, and decides nothing."""

from services.chassis.web.api import Blueprint
from services.matcher.api.admin_board import admin_board_routes
from services.matcher.api.context import ApiContext
from services.matcher.api.drafts import draft_routes
from services.matcher.api.figures import figure_routes
from services.matcher.api.gaps import gap_routes
from services.matcher.api.match_answers import answer_routes
from services.matcher.api.matches import match_routes
from services.matcher.api.pairs import pair_routes
from services.matcher.api.policies import policy_routes
from services.matcher.api.round_inspection import round_inspection_routes
from services.matcher.api.round_review import round_review_routes
from services.matcher.api.rounds import round_routes
from services.matcher.api.waits import wait_routes
from services.matcher.api.weights import weights_routes
from services.matcher.api.what_if import what_if_routes
from services.matcher.api.why import why_routes
from services.matcher.api.why_not import why_not_routes

__all__ = ["ApiContext", "routes"]


def routes(context: ApiContext) -> tuple[Blueprint, ...]:
    """Return every group of routes."""
    makers = (
        match_routes,
        answer_routes,
        weights_routes,
        draft_routes,
        what_if_routes,
        wait_routes,
        why_routes,
        why_not_routes,
        pair_routes,
        policy_routes,
        round_inspection_routes,
        gap_routes,
        admin_board_routes,
        round_routes,
        round_review_routes,
        figure_routes,
    )
    return tuple(make(context) for make in makers)
