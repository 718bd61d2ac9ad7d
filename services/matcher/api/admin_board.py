"""Read the board, group equity, and the weights that outcomes suggest."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from marshmallow import fields, validate

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.fields import CairnSchema, Instant
from services.matcher.api.context import WAITING, ApiContext, actor, patience
from services.matcher.api.match_schemas import MatchSchema, shown_match
from services.matcher.api.weights import SettingsSchema
from services.matcher.api.what_if import CODE, MostQuery, WhatIfSchema, shown_what_if
from services.matcher.domain.insights.equity import GroupEquity
from services.matcher.domain.insights.suggested_weights import FEWEST
from services.matcher.domain.weights import weights_to_json
from services.matcher.use_cases.admin_board import read_admin_board, read_group_equity, suggest_weights_now
from services.matcher.use_cases.preview_weights import preview_given_weights


class BoardQuery(CairnSchema):
    """How many people and offers to show."""

    most = fields.Integer(
        load_default=100, validate=validate.Range(1, 200, error="Please ask for 1 to 200."), metadata={"example": 100}
    )


class AtRiskSchema(CairnSchema):
    """A mentee whose promise runs out within a day, or has run out."""

    mentee_id = fields.String(required=True)
    lane = fields.String(required=True, metadata={"example": "newly_diagnosed"})
    waiting_since = Instant(required=True)
    promised_by = Instant(required=True)
    past = fields.Boolean(required=True)


class BoardSchema(CairnSchema):
    """What needs attention now."""

    as_of = Instant(required=True)
    lanes = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={"example": {}})
    past = fields.Integer(required=True, metadata={"description": "How many promises have run out"})
    at_risk = fields.List(fields.Nested(AtRiskSchema), required=True)
    lapsing = fields.List(fields.Nested(MatchSchema), required=True, metadata={"description": "Within a day"})


class GroupSchema(CairnSchema):
    """Figures of a group; all null where it is hidden.

    A group of fewer than five people is hidden, and the next smallest where the others and the total would reveal it.
    """

    axis = fields.String(required=True, metadata={"example": "language"})
    code = fields.String(required=True, metadata={"example": "es", "description": CODE})
    people = fields.Integer(required=True, allow_none=True)
    match_rate = fields.Float(required=True, allow_none=True)
    interval = fields.List(fields.Float(), required=True, allow_none=True, metadata={"description": "95 % of the rate"})
    median_wait_hours = fields.Float(required=True, allow_none=True)
    rematch_rate = fields.Float(required=True, allow_none=True)
    survival = fields.Float(required=True, allow_none=True, metadata={"description": "Matches that ended well"})
    alert = fields.Boolean(required=True, metadata={"description": "Waits 1.5 times as long as everybody, or longer"})


class EquitySchema(CairnSchema):
    """All people first, then each group."""

    groups = fields.List(fields.Nested(GroupSchema), required=True)


class SuggestionSchema(CairnSchema):
    """Weights to try in a what-if; only a person publishes them."""

    weights = fields.Nested(SettingsSchema, required=True, allow_none=True)
    matches = fields.Integer(required=True, metadata={"description": "Closed matches there are to learn from"})
    needed = fields.Integer(required=True, metadata={"description": "Fewer suggest nothing"})
    loss_before = fields.Float(required=True, allow_none=True)
    loss_after = fields.Float(required=True, allow_none=True)
    what_if = fields.Nested(
        WhatIfSchema,
        required=True,
        allow_none=True,
        metadata={"description": "What these weights would change for those who wait now"},
    )


def admin_board_routes(context: ApiContext) -> Blueprint:
    """Return the routes, for admins only."""
    routes = Blueprint(f"{WAITING} overseen", __name__, description="Promises, lapses, groups, and what to learn.")

    @routes.route("/matcher/v1/board")
    @allow("matches:read")
    @routes.arguments(BoardQuery, location="query")
    @routes.response(200, BoardSchema, description="Promises at risk and offers about to lapse, the earliest first")
    def read_board(query: Mapping[str, Any]) -> dict[str, Any]:
        """Read what needs attention now. Each read is audited."""
        caller = actor()
        board = read_admin_board(context.uow, caller.programme_id, query["most"], by=caller.by)
        return {
            "as_of": board.as_of,
            "lanes": dict(board.lanes),
            "past": board.past,
            "at_risk": [asdict(risk) for risk in board.at_risk],
            "lapsing": [shown_match(match, caller) for match in board.lapsing],
        }

    @routes.route("/matcher/v1/equity")
    @allow("reports:read")
    @routes.response(200, EquitySchema, description="Match rates, waits and second tries, with small groups hidden")
    def read_equity() -> dict[str, Any]:
        """Read the figures per group."""
        return {"groups": [_shown_group(group) for group in read_group_equity(context.uow, actor().programme_id)]}

    @routes.route("/matcher/v1/weights/suggestion")
    @allow("weights:read")
    @answers(409)
    @routes.arguments(MostQuery, location="query")
    @routes.response(200, SuggestionSchema, description="Suggested weights, or null with too few closed matches")
    def read_suggestion(query: Mapping[str, Any]) -> dict[str, Any]:
        """Read the weights that outcomes suggest.

        They stay close to those in force unless many matches differ, and come with a what-if for the people who wait
        now (each of its lists names ``most`` mentees). Only a person can publish them. 409 for a pool
        too large to wait for, 503 with Retry-After while another question is being answered.
        """
        suggestion, matches = suggest_weights_now(context.uow, actor().programme_id)
        shown = {"matches": matches, "needed": FEWEST}
        if suggestion is None:
            return shown | dict.fromkeys(("weights", "loss_before", "loss_after", "what_if"))
        with patience():
            preview = preview_given_weights(context.uow, context.queue, actor().programme_id, suggestion.weights)
        return shown | {
            "weights": {
                name: value for name, value in weights_to_json(suggestion.weights).items() if name != "version"
            },
            "loss_before": suggestion.loss_before,
            "loss_after": suggestion.loss_after,
            "what_if": shown_what_if(preview, query["most"]),
        }

    return routes


def _shown_group(equity: GroupEquity) -> dict[str, Any]:
    shown = asdict(equity)
    shown["axis"], shown["code"] = shown.pop("group")
    del shown["counts"]  # only the row that sums the hidden groups of an axis has them
    shown["median_wait_hours"] = shown.pop("median_wait")
    shown["interval"] = shown["interval"] and list(shown["interval"])
    return shown
