"""The board, equity, and the weights that outcomes speak for."""

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
from services.matcher.domain.insights.suggested_weights import FEWEST
from services.matcher.domain.weights import weights_to_json
from services.matcher.use_cases.admin_board import read_admin_board, read_group_equity, suggest_weights_now
from services.matcher.use_cases.preview_weights import preview_given_weights


class BoardQuery(CairnSchema):
    """How much to show."""

    most = fields.Integer(
        load_default=100, validate=validate.Range(1, 200, error="Please ask for 1 to 200."), metadata={"example": 100}
    )


class AtRiskSchema(CairnSchema):
    """Somebody whose promise runs out within a day, or has."""

    mentee_id = fields.String(required=True)
    lane = fields.String(required=True, metadata={"example": "newly_diagnosed"})
    waiting_since = Instant(required=True)
    promised_by = Instant(required=True)
    past = fields.Boolean(required=True)


class BoardSchema(CairnSchema):
    """What needs an eye now."""

    as_of = Instant(required=True)
    lanes = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={"example": {}})
    past = fields.Integer(required=True, metadata={"description": "How many promises have run out"})
    at_risk = fields.List(fields.Nested(AtRiskSchema), required=True)
    lapsing = fields.List(fields.Nested(MatchSchema), required=True, metadata={"description": "Within a day"})


class GroupSchema(CairnSchema):
    """How a group fares; null everywhere where it is hidden.

    Hidden is a group of fewer than five people, and the next smallest where others and the total would give it away.
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
    """Everybody first, then each group."""

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


def oversight_routes(context: ApiContext) -> Blueprint:
    """Admins only."""
    routes = Blueprint(f"{WAITING} overseen", __name__, description="Promises, lapses, groups, and what to learn.")

    @routes.route("/matcher/v1/board")
    @allow("admin")
    @routes.arguments(BoardQuery, location="query")
    @routes.response(200, BoardSchema, description="Promises at risk and offers about to lapse, the earliest first")
    def read_board(query: Mapping[str, Any]) -> dict[str, Any]:
        """Read what needs an eye now. Each reading is audited."""
        who = actor()
        board = read_admin_board(context.uow, who.programme_id, query["most"])
        return {
            "as_of": board.as_of,
            "lanes": dict(board.lanes),
            "past": board.past,
            "at_risk": [asdict(one) for one in board.at_risk],
            "lapsing": [shown_match(match, who) for match in board.lapsing],
        }

    @routes.route("/matcher/v1/equity")
    @allow("admin")
    @routes.response(200, EquitySchema, description="Match rates, waits and second tries, with small groups hidden")
    def read_equity() -> dict[str, Any]:
        """Read whether every group fares alike."""
        found = [asdict(one) for one in read_group_equity(context.uow, actor().programme_id)]
        for one in found:
            one["axis"], one["code"] = one.pop("group")
            del one["counts"]  # all hidden ones of an axis, in the row that says so
            one["median_wait_hours"] = one.pop("median_wait")
            one["interval"] = one["interval"] and list(one["interval"])
        return {"groups": found}

    @routes.route("/matcher/v1/weights/suggestion")
    @allow("admin")
    @answers(409)
    @routes.arguments(MostQuery, location="query")
    @routes.response(200, SuggestionSchema, description="Suggested weights, or null with too few closed matches")
    def read_suggestion(query: Mapping[str, Any]) -> dict[str, Any]:
        """Read the weights that outcomes speak for.

        They stay close to those in force unless many matches say otherwise, and come with their what-if against the
        people who wait now (each list of it names `most` mentees). Nothing is published but by a person. 409 for a pool
        too large to wait for, 503 with Retry-After while another question is being answered.
        """
        found, matches = suggest_weights_now(context.uow, actor().programme_id)
        shown = {"matches": matches, "needed": FEWEST}
        if found is None:
            return shown | dict.fromkeys(("weights", "loss_before", "loss_after", "what_if"))
        with patience():
            tried = preview_given_weights(context.uow, context.queue, actor().programme_id, found.weights)
        return shown | {
            "weights": {name: value for name, value in weights_to_json(found.weights).items() if name != "version"},
            "loss_before": found.loss_before,
            "loss_after": found.loss_after,
            "what_if": shown_what_if(tried, query["most"]),
        }

    return routes
