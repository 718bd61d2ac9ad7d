"""Cancel running rounds; list, release and drop held ones; set the round mode."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from marshmallow import fields

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.fields import CairnSchema, Code
from services.chassis.web.idempotency import idempotent
from services.chassis.web.pagination import PageQuery, page, page_schema, read_cursor
from services.matcher.api.context import ROUNDS, ApiContext, actor
from services.matcher.api.match_schemas import ReasonSchema
from services.matcher.api.rounds import RoundSchema
from services.matcher.api.weights import Because
from services.matcher.use_cases.read_rounds import read_round_mode
from services.matcher.use_cases.review_round import (
    ShownProposal,
    cancel_round,
    drop_round,
    list_proposals,
    release_round,
    set_round_mode,
)

MODES = ("rolling", "review")
_WHY = {"reason": "The new weights are to be looked at first"}
_MODE = {
    "description": "rolling: mentors are asked as soon as a round has decided; review: once an admin has released it"
}


_NEXT = {
    "description": "Mentors to ask after a no, best first; each is checked again then, and asked only where nobody "
    "loses by it. Empty for a pinned pair",
    "example": ["m000012", "m000007"],
}


class ModeSchema(CairnSchema):
    """What happens once a programme's rounds have decided."""

    mode = Code(MODES, axis="mode", required=True, metadata=_MODE)


class SetModeSchema(ModeSchema, Because):
    """A mode and the reason for it."""


class ProposalSchema(CairnSchema):
    """A pair that a round proposes, with its reasons in numbers and codes."""

    mentee_id = fields.String(required=True)
    mentor_id = fields.String(required=True)
    score = fields.Integer(required=True, metadata={"description": "0 to 100"})
    pinned = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    alternates = fields.List(fields.String(), required=True, metadata=_NEXT)


def round_review_routes(context: ApiContext) -> Blueprint:
    """Return the routes, for admins only; every decision has a reason and is audited."""
    routes = Blueprint(f"{ROUNDS} decided on", __name__, description="Stop a round, or look at it before it is sent.")

    @routes.route("/matcher/v1/rounds/<round_id>/cancel", methods=["POST"])
    @allow("rounds:run")
    @answers(404, 409)
    @idempotent
    @routes.arguments(Because, example=_WHY)
    @routes.response(200, RoundSchema, description="The round, cancelled; its worker stops within a second or so")
    def cancel(body: Mapping[str, Any], round_id: str) -> dict[str, Any]:
        """Cancel a running round.

        It asks nobody; the next round starts afresh. 409 once it is over or has asked the first mentors.
        """
        return _decide(context, cancel_round, round_id, body)

    @routes.route("/matcher/v1/rounds/<round_id>/proposals")
    @allow("matches:read")
    @answers(404, 410)
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, page_schema(ProposalSchema), description="Who would meet whom, in the order of mentees")
    def read_proposals(query: Mapping[str, Any], round_id: str) -> dict[str, Any]:
        """List a round's proposals with their alternates. Each read is audited."""
        cursor = read_cursor(query["cursor"])
        rows = list_proposals(
            context.uow,
            actor().programme_id,
            round_id,
            after=str(cursor[1]) if cursor else "",
            limit=query["limit"] + 1,
            by=actor().by,
        )
        listed = page(rows, limit=query["limit"], position=_of_proposal)
        return {**listed, "items": [_shown(row) for row in listed["items"]]}

    _add_review(routes, context)
    return routes


def _add_review(routes: Blueprint, context: ApiContext) -> None:
    """Add the routes that release or drop a round held for review, and those that read and set the mode."""

    @routes.route("/matcher/v1/rounds/<round_id>/release", methods=["POST"])
    @allow("rounds:run")
    @answers(404, 409)
    @idempotent
    @routes.arguments(Because, example=_WHY)
    @routes.response(202, RoundSchema, description="A worker asks the mentors now; what no longer holds is dropped")
    def release(body: Mapping[str, Any], round_id: str) -> dict[str, Any]:
        """Release a round that is held for review, and its alternates with it."""
        return _decide(context, release_round, round_id, body)

    @routes.route("/matcher/v1/rounds/<round_id>/drop", methods=["POST"])
    @allow("rounds:run")
    @answers(404, 409)
    @idempotent
    @routes.arguments(Because, example=_WHY)
    @routes.response(200, RoundSchema, description="The round, dropped; nobody was asked")
    def drop(body: Mapping[str, Any], round_id: str) -> dict[str, Any]:
        """Drop a round that is held for review.

        The next one comes when someone signs up or something changes, or on request.
        """
        return _decide(context, drop_round, round_id, body)

    @routes.route("/matcher/v1/round-mode")
    @allow("rounds:read")
    @routes.response(200, ModeSchema, description="The mode")
    def read_mode() -> dict[str, Any]:
        """Read whether rounds are held for review."""
        return {"mode": read_round_mode(context.uow, actor().programme_id)}

    @routes.route("/matcher/v1/round-mode", methods=["PUT"])
    @allow("rounds:run")
    @routes.arguments(SetModeSchema, example={"mode": "review", **_WHY})
    @routes.response(200, ModeSchema, description="The mode, in force from the next round that decides")
    def write_mode(body: Mapping[str, Any]) -> dict[str, Any]:
        """Set whether rounds are held for review."""
        mode = set_round_mode(context.uow, actor().programme_id, body["mode"], by=actor().by, reason=body["reason"])
        return {"mode": mode}


def _decide(
    context: ApiContext, decision: Callable[..., Any], round_id: str, body: Mapping[str, Any]
) -> dict[str, Any]:
    return asdict(decision(context.uow, actor().programme_id, round_id, by=actor().by, reason=body["reason"]))


def _of_proposal(row: ShownProposal) -> tuple[str, str]:
    return "", row.proposal.mentee_id


def _shown(row: ShownProposal) -> dict[str, Any]:
    return asdict(row.proposal) | {"alternates": row.alternates}
