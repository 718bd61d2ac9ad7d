"""Compute the cost of a pin or a block before an admin decides on it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.fields import CairnSchema
from services.matcher.api.context import ROUNDS, ApiContext, actor, patience, reader
from services.matcher.api.why import RuleSchema
from services.matcher.domain.candidates import Pair
from services.matcher.use_cases.price_pair import price_pair
from services.matcher.use_cases.wording.causes_and_rules import format_rule

_ID = validate.Length(1, 100, error="Please give an id of 1 to 100 characters.")


class PairSchema(CairnSchema):
    """A mentee and a mentor."""

    mentee_id = fields.String(required=True, validate=_ID)
    mentor_id = fields.String(required=True, validate=_ID)


class DecisionSchema(PairSchema):
    """A pair, and the decision to evaluate."""

    as_ = fields.String(
        data_key="as",
        load_default="pin",
        validate=validate.OneOf(["pin", "block"], error="Please give pin or block."),
        metadata={"description": "`pin`: the two are paired; `block`: they never are"},
    )


class WhyNotSchema(PairSchema):
    """What the pool would lose by this pin or block; negative numbers are gains."""

    as_ = fields.String(data_key="as", required=True, metadata={"enum": ["pin", "block"]})
    possible = fields.Boolean(required=True, metadata={"description": "No rule forbids the pair as it is"})
    already = fields.Boolean(
        required=True,
        metadata={"description": "The best pairing does so anyway: it makes the pair, or leaves it unmade"},
    )
    rules = fields.List(fields.Nested(RuleSchema), required=True, metadata={"description": "What forbids the pair"})
    fewer_matched = fields.Integer(
        required=True,
        metadata={"description": "How many people fewer have a mentor; below 0: more, where the floor kept them apart"},
    )
    lost_priority = fields.Integer(
        required=True, metadata={"description": "Points of waiting and lanes, of those who wait instead"}
    )
    lost_fit = fields.Float(required=True, metadata={"description": "Points of score, over the whole pool"})
    others = fields.List(
        fields.String(), required=True, metadata={"description": "Mentees whose mentor changes, that of the pair aside"}
    )


def why_not_routes(context: ApiContext) -> Blueprint:
    """Return the routes, for admins only; they change nothing."""
    routes = Blueprint(
        f"{ROUNDS} questioned", __name__, description="A pair by force, or kept apart, and what it would cost."
    )

    @routes.route("/matcher/v1/why-not", methods=["POST"])
    @allow("matches:read")
    @answers(404, 409)
    @routes.arguments(DecisionSchema, example={"mentee_id": "m-1", "mentor_id": "n-1", "as": "pin"})
    @routes.response(200, WhyNotSchema, description="The price of the pin or the block")
    def ask_why_not(body: Mapping[str, Any]) -> dict[str, Any]:
        """Read why these two are not paired, or what keeping them apart would cost.

        Matches everyone else again; stores and sends nothing. 409
        for a pool too large to wait for, 503 with Retry-After while another question is being answered.
        """
        phrases = context.words.of(reader())
        with patience():
            pair = Pair(body["mentee_id"], body["mentor_id"])
            cost = price_pair(context.uow, context.queue, actor().programme_id, pair, body["as_"])
        return {
            "mentee_id": cost.pair.mentee_id,
            "mentor_id": cost.pair.mentor_id,
            "as_": body["as_"],
            "possible": not cost.rules,
            "already": cost.already,
            "rules": [{"rule": rule, "label": format_rule(rule, phrases)} for rule in cost.rules],
            "fewer_matched": cost.fewer_matched,
            "lost_priority": cost.lost_priority,
            "lost_fit": cost.lost_fit / 1000,
            "others": list(cost.others),
        }

    return routes
