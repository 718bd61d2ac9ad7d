"""Inspect stored rounds: verify, evaluate stability, compare."""

from dataclasses import asdict
from typing import Any

from marshmallow import fields

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.fields import CairnSchema
from services.matcher.api.context import ROUNDS, ApiContext, actor, patience
from services.matcher.api.rounds import RoundSchema
from services.matcher.api.why_not import PairSchema
from services.matcher.use_cases.inspect_round import compare_stored_rounds, evaluate_stability, verify_stored_round

MOST_SHOWN = 200


class VerificationSchema(CairnSchema):
    """Whether the round, run again, gives the same bytes."""

    same = fields.Boolean(required=True)
    differences = fields.List(fields.String(), required=True, metadata={"example": []})


class StabilitySchema(CairnSchema):
    """Blocking pairs: two people who would both rather have each other, by each side's preferences."""

    blocking = fields.Integer(required=True, metadata={"description": "How many pairs would rather have each other"})
    pairs = fields.List(fields.Nested(PairSchema), required=True, metadata={"description": f"Up to {MOST_SHOWN}"})
    worst_regret = fields.Integer(required=True, metadata={"description": "Most that a mentee would gain, of 100"})
    fewer_matched = fields.Integer(required=True, metadata={"description": "Price of imposing stability, in people"})
    lost_fit = fields.Float(required=True, metadata={"description": "The same in points of score, over the pool"})


class ComparedSchema(CairnSchema):
    """Two rounds, over the mentees that both had read."""

    first = fields.Nested(RoundSchema, required=True)
    second = fields.Nested(RoundSchema, required=True)
    in_both = fields.Integer(required=True)
    first_mean = fields.Float(required=True, allow_none=True, metadata={"description": "Mean score of its pairs"})
    second_mean = fields.Float(required=True, allow_none=True)
    changed = fields.List(fields.String(), required=True)
    gained = fields.List(fields.String(), required=True)
    lost = fields.List(fields.String(), required=True)


def round_inspection_routes(context: ApiContext) -> Blueprint:
    """Return the routes, for admins only. 410 where only the figures of a round are left."""
    routes = Blueprint(f"{ROUNDS} looked at again", __name__, description="From what each round has stored.")

    @routes.route("/matcher/v1/rounds/<round_id>/verification")
    @allow("rounds:read")
    @answers(409, 410)
    @routes.response(200, VerificationSchema, description="What running it again came to")
    def read_verification(round_id: str) -> dict[str, Any]:
        """Run a round again, and compare the results byte by byte.

        409 for one larger than ``QUESTION_PAIRS``: ``python -m services.matcher verify-round`` has no bound. 503 with
        Retry-After while another question is being answered.
        """
        with patience():
            result = verify_stored_round(context.uow, actor().programme_id, round_id, context.queue)
        return {"same": result.same, "differences": list(result.differences[:MOST_SHOWN])}

    @routes.route("/matcher/v1/rounds/<round_id>/stability")
    @allow("rounds:read")
    @answers(409, 410)
    @routes.response(200, StabilitySchema, description="How stable it was, and what stability would have cost")
    def read_stability(round_id: str) -> dict[str, Any]:
        """List the pairs who would rather have each other.

        409 for a round larger than ``QUESTION_ALL_PAIRS``, 503 with Retry-After while another question is being
        answered.
        """
        with patience():
            result = evaluate_stability(context.uow, actor().programme_id, round_id, context.queue)
        return {
            "blocking": len(result.blocking),
            "pairs": [pair._asdict() for pair in result.blocking[:MOST_SHOWN]],
            "worst_regret": result.worst_regret,
            "fewer_matched": result.fewer_matched,
            "lost_fit": result.lost_fit / 1000,
        }

    @routes.route("/matcher/v1/rounds/<round_id>/compare/<other_id>")
    @allow("rounds:read")
    @answers(410)
    @routes.response(200, ComparedSchema, description="Who has another mentor, who gained one, who lost one")
    def compare_rounds(round_id: str, other_id: str) -> dict[str, Any]:
        """Compare two rounds."""
        result = compare_stored_rounds(context.uow, actor().programme_id, round_id, other_id)
        return {
            "first": asdict(result.first),
            "second": asdict(result.second),
            "in_both": result.in_both,
            "first_mean": result.means[0],
            "second_mean": result.means[1],
            "changed": list(result.changed),
            "gained": list(result.gained),
            "lost": list(result.lost),
        }

    return routes
