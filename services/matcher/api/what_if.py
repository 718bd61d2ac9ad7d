"""What other weights would change, before anybody publishes them."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.fields import CairnSchema, Instant
from services.matcher.api.context import WEIGHTS, ApiContext, actor, patience
from services.matcher.api.weights import SettingsSchema
from services.matcher.domain.insights.disclosure_control import TOGETHER
from services.matcher.domain.insights.evaluation import Evaluation
from services.matcher.domain.insights.what_if import Guardrail, WhatIf
from services.matcher.use_cases.preview_weights import Preview, preview_weights

MOST = 200  # mentees named in each list, unless asked otherwise
CODE = f"{TOGETHER}: all hidden groups of the axis as one"
_FIRST = "; the first of them by id, as many as `most` says"


class MostQuery(CairnSchema):
    """How many mentees to name."""

    most = fields.Integer(
        load_default=MOST,
        validate=validate.Range(0, 100_000, error="Please ask for 0 to 100000."),
        metadata={"description": "Mentees named in each list at most; the counts are always whole", "example": MOST},
    )


class CountsSchema(CairnSchema):
    """How many mentees, whatever the lists name."""

    changed = fields.Integer(required=True)
    gained = fields.Integer(required=True)
    lost = fields.Integer(required=True)


class VerdictSchema(CairnSchema):
    """One set of pairs, judged by one set of weights."""

    matched = fields.Integer(required=True)
    mean = fields.Float(required=True, metadata={"description": "Mean score of the pairs, 0 to 100"})
    fit = fields.Float(required=True, metadata={"description": "Sum of the pairs' scores"})
    histogram = fields.List(
        fields.Integer(), required=True, metadata={"description": "How many pairs score 0 to 9, 10 to 19, ..."}
    )
    matched_past_promise = fields.Integer(
        required=True, metadata={"description": "Matched people whose promise, by these weights, had run out"}
    )
    left_past_promise = fields.Integer(
        required=True, metadata={"description": "People whose promise has run out and who are left without a mentor"}
    )
    median_wait_left_hours = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Middle of the waits so far of those left; null when nobody is"},
    )


class GuardrailSchema(CairnSchema):
    """A group before and after; null where it has fewer than five people, or where such a group would show by it."""

    axis = fields.String(required=True, metadata={"example": "language"})
    code = fields.String(required=True, metadata={"example": "es", "description": CODE})
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
    counts = fields.Nested(CountsSchema, required=True)
    changed = fields.List(
        fields.String(), required=True, metadata={"description": f"Mentees with another mentor{_FIRST}"}
    )
    gained = fields.List(
        fields.String(), required=True, metadata={"description": f"Mentees matched only after{_FIRST}"}
    )
    lost = fields.List(fields.String(), required=True, metadata={"description": f"Mentees matched only before{_FIRST}"})
    gains = fields.Integer(required=True, metadata={"description": "Mentees whose pair scores higher after"})
    loses = fields.Integer(required=True, metadata={"description": "Mentees whose pair scores lower after"})
    moves = fields.List(
        fields.Nested(MoveSchema),
        required=True,
        metadata={"description": "Mentees with another mentor, those who lose most first, as many as `most` says"},
    )
    guardrails = fields.List(fields.Nested(GuardrailSchema), required=True)
    optimal = fields.Boolean(required=True, metadata={"description": "Both answers are proved best"})


def what_if_routes(context: ApiContext) -> Blueprint:
    """Admins only; reads, and changes nothing."""
    routes = Blueprint(f"{WEIGHTS} tried", __name__, description="Other weights against the people who wait now.")

    @routes.route("/matcher/v1/what-if", methods=["POST"])
    @allow("admin")
    @answers(409)
    @routes.arguments(MostQuery, location="query")
    @routes.arguments(SettingsSchema, required=False, example={"criteria": {"device": {"mode": "soft", "weight": 80}}})
    @routes.response(200, WhatIfSchema, description="What would change")
    def try_other_weights(query: Mapping[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        """Try other weights.

        The people who wait now are matched under the weights in force and under these, which stay like those in what is
        left out; nothing is stored or sent. 409 for a pool too large to wait for, 503 with Retry-After while another
        question is being answered.
        """
        with patience():
            return shown_what_if(preview_weights(context.uow, context.queue, actor().programme_id, told), query["most"])

    return routes


def shown_what_if(tried: Preview, most: int = MOST) -> dict[str, Any]:
    """A what-if as answered; each list names ``most`` mentees at most."""
    found = tried.found
    verdicts = ("before_by_current", "before_by_candidate", "after_by_current", "after_by_candidate")
    lists = {"changed": found.changed, "gained": found.gained, "lost": found.lost}
    return (
        {"as_of": tried.as_of, "waiting": tried.waiting, "weights_version": tried.weights_version}
        | {name: _verdict(getattr(found, name)) for name in verdicts}
        | {"counts": {name: len(some) for name, some in lists.items()}}
        | {name: list(some[:most]) for name, some in lists.items()}
        | _moves(found, most)
        | {"guardrails": [_guardrail(one) for one in found.guardrails], "optimal": found.optimal}
    )


def _moves(found: WhatIf, most: int) -> dict[str, Any]:
    return {
        "gains": found.gains,
        "loses": found.loses,
        "moves": [{"mentee_id": one, "before": was, "after": now} for one, was, now in found.moves(most)],
    }


def _verdict(found: Evaluation) -> dict[str, Any]:
    return {
        "matched": found.matched,
        "mean": found.mean,
        "fit": found.fit / 1000,
        "histogram": list(found.histogram()),
        "matched_past_promise": found.matched_past_promise,
        "left_past_promise": found.left_past_promise,
        "median_wait_left_hours": found.median_wait_left,
    }


def _guardrail(found: Guardrail) -> dict[str, Any]:
    return {
        "axis": found.group.axis,
        "code": found.group.code,
        "people": found.people,
        "matched_before": found.matched_before,
        "matched_after": found.matched_after,
        "alert": found.alert,
    }
