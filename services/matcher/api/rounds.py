"""Request matching rounds, and read their results."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from marshmallow import fields, validate

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint
from services.chassis.web.fields import CairnSchema, Instant
from services.chassis.web.idempotency import idempotent
from services.chassis.web.pagination import PageQuery, page, page_schema
from services.matcher.api.context import ROUNDS, ApiContext, actor, of_round, position
from services.matcher.use_cases.read_rounds import list_rounds_of_programme, read_round_of_programme
from services.matcher.use_cases.request_round import request_round


class AskedSchema(CairnSchema):
    """A round that was requested."""

    status = fields.String(required=True, metadata={"example": "asked"})
    see = fields.String(required=True, metadata={"example": "/matcher/v1/rounds"})


class AskSchema(CairnSchema):
    """The reason for the request, for the audit."""

    reason = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=500, error="Please keep the reason to 500 characters."),
    )


STATE = {
    "enum": ["open", "review", "applied", "given_up", "cancelled", "dropped"],
    "description": "open: on its way; review: held for an admin; given_up: somebody in it was erased, or it took too "
    "long; cancelled and dropped: by an admin, nobody was asked",
}
STEP = {
    "enum": ["features", "score", "assign", "price", "reasons", "apply"],
    "description": "Where an open round is, as of a second ago; null for the first second and once it is over",
}


PROPOSED = {"description": "How many mentors were asked; in review: how many will be asked once it is released"}


class RoundSchema(CairnSchema):
    """A matching round: its input and result, as figures and hashes."""

    id = fields.String(required=True)
    state = fields.String(required=True, metadata=STATE)
    weights_version = fields.Integer(required=True)
    opened_at = Instant(required=True)
    applied_at = Instant(required=True, allow_none=True)
    mentees = fields.Integer(required=True, metadata={"description": "How many waited"})
    mentors = fields.Integer(required=True)
    proposed = fields.Integer(required=True, metadata=PROPOSED)
    unmatched = fields.Integer(required=True)
    dropped = fields.Integer(required=True, metadata={"description": "Pairs that no longer held; they are next"})
    input_hash = fields.String(required=True, allow_none=True)
    result_hash = fields.String(required=True, allow_none=True)
    certificate = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"example": {"primal": 812, "dual": 812, "violations": 0, "optimal": True}},
    )
    step = fields.String(required=True, allow_none=True, metadata=STEP)
    share = fields.Float(required=True, allow_none=True, metadata={"description": "Of the step, 0 to 1"})
    released_at = Instant(
        required=True, allow_none=True, metadata={"description": "When an admin released it, if held"}
    )


def round_routes(context: ApiContext) -> Blueprint:
    """Return the routes, for admins only."""
    routes = Blueprint(ROUNDS, __name__, description="Runs of the matching, each reproducible from what it stored.")

    @routes.route("/matcher/v1/rounds", methods=["POST"])
    @allow("rounds:run")
    @idempotent
    @routes.arguments(AskSchema, required=False, example={"reason": "Three mentors were just approved"})
    @routes.response(202, AskedSchema, description="A worker runs it now; read it from the list of rounds")
    def ask(body: Mapping[str, Any]) -> dict[str, Any]:
        """Run a round now.

        Rounds run by themselves whenever someone signs up or changes; this starts one without delay.
        """
        request_round(context.uow, actor().programme_id, by=actor().by, reason=body.get("reason"))
        return {"status": "asked", "see": "/matcher/v1/rounds"}

    @routes.route("/matcher/v1/rounds")
    @allow("rounds:read")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, page_schema(RoundSchema), description="The rounds, the latest first")
    def list_rounds(query: Mapping[str, Any]) -> dict[str, Any]:
        """List the rounds."""
        after = position(query["cursor"])
        rows = list_rounds_of_programme(context.uow, actor().programme_id, after=after, limit=query["limit"])
        listed = page(rows, limit=query["limit"], position=of_round)
        return {**listed, "items": [asdict(row) for row in listed["items"]]}

    @routes.route("/matcher/v1/rounds/<round_id>")
    @allow("rounds:read")
    @routes.response(200, RoundSchema, description="The round")
    def read_round(round_id: str) -> dict[str, Any]:
        """Read one round."""
        return asdict(read_round_of_programme(context.uow, actor().programme_id, round_id))

    return routes
