"""Compare the optimal assignment with other policies, for the people who wait now."""

from typing import Any

from marshmallow import fields

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.fields import CairnSchema, Instant
from services.matcher.api.context import ROUNDS, ApiContext, actor, patience
from services.matcher.use_cases.compare_policies import compare_policies

_POLICIES = {
    "enum": ["optimal", "first-come", "greedy", "stable"],
    "description": "`optimal`: what a round does; `first-come`: in the order of sign-up, each takes the best left; "
    "`greedy`: the best pair first; `stable`: nobody would rather swap (Gale and Shapley)",
}


class OutcomeSchema(CairnSchema):
    """The outcome of one policy."""

    policy = fields.String(required=True, metadata=_POLICIES)
    matched = fields.Integer(required=True, metadata={"description": "People with a mentor"})
    fit = fields.Float(required=True, metadata={"description": "Sum of the pairs' scores"})
    mean = fields.Float(required=True, metadata={"description": "Mean score of the pairs, 0 to 100"})


class PoliciesSchema(CairnSchema):
    """The same people under every policy, ``optimal`` first."""

    as_of = Instant(required=True, metadata={"description": "When the pool was read, a minute ago at most"})
    waiting = fields.Integer(required=True, metadata={"description": "How many people wait"})
    weights_version = fields.Integer(required=True, metadata={"description": "The version in force"})
    items = fields.List(fields.Nested(OutcomeSchema), required=True)


def policy_routes(context: ApiContext) -> Blueprint:
    """Return the routes, for admins only; they change nothing."""
    routes = Blueprint(f"{ROUNDS} in other ways", __name__, description="What simpler ways of matching would cost.")

    @routes.route("/matcher/v1/policies")
    @allow("reports:read")
    @answers(409)
    @routes.response(200, PoliciesSchema, description="Who would be matched, and how well, by each policy")
    def read_policies() -> dict[str, Any]:
        """Compare policies of matching.

        Matches the people who wait now by each policy and the weights in force; stores and sends nothing. 409 for a
        pool too large to look at each pair, 503 with Retry-After while another question is being answered.
        """
        with patience():
            comparison = compare_policies(context.uow, context.queue, actor().programme_id)
        return {
            "as_of": comparison.as_of,
            "waiting": comparison.waiting,
            "weights_version": comparison.weights_version,
            "items": [
                {"policy": row.policy, "matched": row.matched, "fit": row.fit / 1000, "mean": row.mean}
                for row in comparison.outcomes
            ],
        }

    return routes
