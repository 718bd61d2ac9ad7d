"""Pin, block and list pairs over HTTP."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from marshmallow import fields

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.fields import Instant
from services.chassis.web.idempotency import idempotent
from services.chassis.web.pagination import PageQuery, page, page_schema
from services.matcher.api.context import ROUNDS, ApiContext, actor, position
from services.matcher.api.weights import Because
from services.matcher.api.why_not import PairSchema
from services.matcher.domain.candidates import Pair
from services.matcher.domain.records import PairRule, PairRuleKind
from services.matcher.use_cases.pin_or_block_pair import block_pair, list_pair_rules, pin_pair, withdraw_pair_rule

_EXAMPLE = {"mentee_id": "m-1", "mentor_id": "n-1", "reason": "They met at the camp and asked for it"}


class DecideSchema(PairSchema, Because):
    """A pair and the reason for the decision."""


class PairRuleSchema(PairSchema):
    """The pin or block of a pair."""

    by = fields.String(required=True)
    reason = fields.String(required=True)
    since = Instant(required=True)


_PAGE = page_schema(PairRuleSchema)


def pair_routes(context: ApiContext) -> Blueprint:
    """Return the routes, for admins only; every decision has a reason and is audited."""
    routes = Blueprint(f"{ROUNDS} overruled", __name__, description="Pairs to make first, and pairs never to make.")

    @routes.route("/matcher/v1/pins", methods=["POST"])
    @allow("matches:decide")
    @answers(404, 409)
    @idempotent
    @routes.arguments(DecideSchema, example=_EXAMPLE)
    @routes.response(201, PairRuleSchema, description="The pin, in force for the next round")
    def pin(body: Mapping[str, Any]) -> dict[str, Any]:
        """Pin a pair.

        The next round makes it before all others; the offer uses the pin up. Hard rules still apply: 409 names those
        that forbid the pair. ``POST /matcher/v1/why-not`` computes the cost beforehand.
        """
        return _shown(pin_pair(context.uow, actor().programme_id, _pair(body), by=actor().by, reason=body["reason"]))

    @routes.route("/matcher/v1/blocks", methods=["POST"])
    @allow("matches:decide")
    @answers(404, 409)
    @idempotent
    @routes.arguments(DecideSchema, example=_EXAMPLE | {"reason": "They know each other from elsewhere"})
    @routes.response(201, PairRuleSchema, description="The block, in force at once")
    def block(body: Mapping[str, Any]) -> dict[str, Any]:
        """Block a pair.

        It is never made, and an unanswered offer is withdrawn. 409 when the mentor has accepted: end the match first.
        """
        return _shown(block_pair(context.uow, actor().programme_id, _pair(body), by=actor().by, reason=body["reason"]))

    _add_reads_and_withdrawals(routes, context)
    return routes


def _add_reads_and_withdrawals(routes: Blueprint, context: ApiContext) -> None:
    """Add the routes that list pins and blocks, and those that take one back."""

    @routes.route("/matcher/v1/pins")
    @allow("matches:read")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, _PAGE, description="The pins, the latest first")
    def list_pins(query: Mapping[str, Any]) -> dict[str, Any]:
        """List the pins that no round has used up yet."""
        return _listed(context, "pin", query)

    @routes.route("/matcher/v1/blocks")
    @allow("matches:read")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, _PAGE, description="The blocks, the latest first")
    def list_blocks(query: Mapping[str, Any]) -> dict[str, Any]:
        """List the blocked pairs."""
        return _listed(context, "block", query)

    @routes.route("/matcher/v1/pins/<mentee_id>/<mentor_id>", methods=["DELETE"])
    @allow("matches:decide")
    @routes.response(204, description="There is no such pin any more")
    def unpin(mentee_id: str, mentor_id: str) -> None:
        """Withdraw a pin."""
        withdraw_pair_rule(context.uow, actor().programme_id, Pair(mentee_id, mentor_id), "pin", by=actor().by)

    @routes.route("/matcher/v1/blocks/<mentee_id>/<mentor_id>", methods=["DELETE"])
    @allow("matches:decide")
    @routes.response(204, description="There is no such block any more")
    def unblock(mentee_id: str, mentor_id: str) -> None:
        """Withdraw a block."""
        withdraw_pair_rule(context.uow, actor().programme_id, Pair(mentee_id, mentor_id), "block", by=actor().by)


def _pair(body: Mapping[str, Any]) -> Pair:
    return Pair(body["mentee_id"], body["mentor_id"])


def _listed(context: ApiContext, kind: PairRuleKind, query: Mapping[str, Any]) -> dict[str, Any]:
    after = position(query["cursor"])
    rows = list_pair_rules(context.uow, actor().programme_id, kind, after=after, limit=query["limit"])
    listed = page(rows, limit=query["limit"], position=_position)
    return {**listed, "items": [_shown(row) for row in listed["items"]]}


def _position(rule: PairRule) -> tuple[str, str]:
    return rule.since.astimezone(UTC).isoformat(), "/".join(rule.pair)


def _shown(rule: PairRule) -> dict[str, Any]:
    return {
        "mentee_id": rule.pair.mentee_id,
        "mentor_id": rule.pair.mentor_id,
        "by": rule.by,
        "reason": rule.reason,
        "since": rule.since,
    }
