"""What other weights would change, before anybody publishes them."""

from typing import Any

from marshmallow import fields

from services.chassis.api import Blueprint
from services.chassis.auth import allow
from services.chassis.schema import CairnSchema, Instant
from services.matcher.api.door import WEIGHTS, Door, actor
from services.matcher.api.weights import SettingsSchema
from services.matcher.domain.insights.judge import Verdict
from services.matcher.domain.insights.what_if import Guardrail, WhatIf
from services.matcher.use_cases.try_weights import Tried, try_weights

MOST_MOVES = 200


class VerdictSchema(CairnSchema):
    """One set of pairs, judged by one set of weights."""

    matched = fields.Integer(required=True)
    mean = fields.Float(required=True, metadata={"description": "Mean score of the pairs, 0 to 100"})
    fit = fields.Float(required=True, metadata={"description": "Sum of the pairs' scores"})
    histogram = fields.List(
        fields.Integer(), required=True, metadata={"description": "How many pairs score 0 to 9, 10 to 19, ..."}
    )


class GuardrailSchema(CairnSchema):
    """A group before and after; null where it has fewer than five people."""

    axis = fields.String(required=True, metadata={"example": "language"})
    code = fields.String(required=True, metadata={"example": "es"})
    people = fields.Integer(required=True, allow_none=True)
    matched_before = fields.Integer(required=True, allow_none=True)
    matched_after = fields.Integer(required=True, allow_none=True)
    alert = fields.Boolean(required=True, metadata={"description": "The group would lose noticeably"})


class MoveSchema(CairnSchema):
    """What changes for one mentee: the score of their pair by the candidate weights; null without a pair."""

    mentee_id = fields.String(required=True)
    before = fields.Integer(required=True, allow_none=True)
    after = fields.Integer(required=True, allow_none=True)


class WhatIfSchema(CairnSchema):
    """Those who wait now, under the weights in force and under the candidate ones; each judged by both."""

    as_of = Instant(required=True, metadata={"description": "When the pool was read, a minute ago at most"})
    waiting = fields.Integer(required=True, metadata={"description": "How many people wait"})
    weights_version = fields.Integer(required=True, metadata={"description": "The version in force"})
    before_by_current = fields.Nested(VerdictSchema, required=True)
    before_by_candidate = fields.Nested(VerdictSchema, required=True)
    after_by_current = fields.Nested(VerdictSchema, required=True)
    after_by_candidate = fields.Nested(VerdictSchema, required=True)
    changed = fields.List(fields.String(), required=True, metadata={"description": "Mentees with another mentor"})
    gained = fields.List(fields.String(), required=True, metadata={"description": "Mentees matched only after"})
    lost = fields.List(fields.String(), required=True, metadata={"description": "Mentees matched only before"})
    gains = fields.Integer(required=True, metadata={"description": "Mentees whose pair scores higher after"})
    loses = fields.Integer(required=True, metadata={"description": "Mentees whose pair scores lower after"})
    moves = fields.List(
        fields.Nested(MoveSchema),
        required=True,
        metadata={"description": f"The first {MOST_MOVES} mentees with another mentor, those who lose most first"},
    )
    guardrails = fields.List(fields.Nested(GuardrailSchema), required=True)
    optimal = fields.Boolean(required=True, metadata={"description": "Both answers are proved best"})


def what_if_routes(door: Door) -> Blueprint:
    """Admins only; reads, and changes nothing."""
    routes = Blueprint(f"{WEIGHTS} tried", __name__, description="Other weights against the people who wait now.")

    @routes.route("/matcher/v1/what-if", methods=["POST"])
    @allow("admin")
    @routes.arguments(SettingsSchema, required=False, example={"criteria": {"device": {"mode": "soft", "weight": 80}}})
    @routes.response(200, WhatIfSchema, description="What would change")
    def try_other_weights(told: dict[str, Any]) -> dict[str, Any]:
        """Try other weights.

        The people who wait now are matched under the weights in force and under these; nothing is stored or sent.
        """
        return _shown(try_weights(door.uow, door.pools, actor().programme_id, told))

    return routes


def _shown(tried: Tried) -> dict[str, Any]:
    found = tried.found
    verdicts = ("before_by_current", "before_by_candidate", "after_by_current", "after_by_candidate")
    of_which = {"as_of": tried.as_of, "waiting": tried.waiting, "weights_version": tried.weights_version}
    return (
        of_which
        | _moves(found)
        | {name: _verdict(getattr(found, name)) for name in verdicts}
        | {
            "changed": list(found.changed),
            "gained": list(found.gained),
            "lost": list(found.lost),
            "guardrails": [_guardrail(one) for one in found.guardrails],
            "optimal": found.optimal,
        }
    )


def _moves(found: WhatIf) -> dict[str, Any]:
    before, after = found.before_by_candidate.scores, found.after_by_candidate.scores
    moves = [(one, before.get(one), after.get(one)) for one in found.changed]
    worth = {one: (now or 0) - (was or 0) for one, was, now in moves}
    moves.sort(key=lambda move: (worth[move[0]], move[0]))
    return {
        "gains": sum(step > 0 for step in worth.values()),
        "loses": sum(step < 0 for step in worth.values()),
        "moves": [{"mentee_id": one, "before": was, "after": now} for one, was, now in moves[:MOST_MOVES]],
    }


def _verdict(found: Verdict) -> dict[str, Any]:
    return {"matched": found.matched, "mean": found.mean, "fit": found.fit / 1000, "histogram": list(found.histogram())}


def _guardrail(found: Guardrail) -> dict[str, Any]:
    return {
        "axis": found.group.axis,
        "code": found.group.code,
        "people": found.people,
        "matched_before": found.matched_before,
        "matched_after": found.matched_after,
        "alert": found.alert,
    }
