"""Preview what other weights would change, before they are published."""

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
    """How many mentees each list names."""

    most = fields.Integer(
        load_default=MOST,
        validate=validate.Range(0, 100_000, error="Please ask for 0 to 100000."),
        metadata={"description": "Mentees named in each list at most; the counts are always whole", "example": MOST},
    )


class CountsSchema(CairnSchema):
    """Complete counts of mentees, however many the lists name."""

    changed = fields.Integer(required=True)
    gained = fields.Integer(required=True)
    lost = fields.Integer(required=True)


class VerdictSchema(CairnSchema):
    """A set of pairs, evaluated by a set of weights."""

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
    """A group before and after; null where it has fewer than five people or would reveal such a group."""

    axis = fields.String(required=True, metadata={"example": "language"})
    code = fields.String(required=True, metadata={"example": "es", "description": CODE})
    people = fields.Integer(required=True, allow_none=True)
    matched_before = fields.Integer(required=True, allow_none=True)
    matched_after = fields.Integer(required=True, allow_none=True)
    alert = fields.Boolean(required=True, metadata={"description": "The group would lose noticeably"})


class MoveSchema(CairnSchema):
    """A mentee's score before and after, by the candidate weights; null without a pair."""

    mentee_id = fields.String(required=True)
    before = fields.Integer(required=True, allow_none=True)
    after = fields.Integer(required=True, allow_none=True)


class WhatIfSchema(CairnSchema):
    """The people who wait, under the weights in force and the candidate ones, each evaluated by both."""

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
    """Return the routes, for admins only; they change nothing."""
    routes = Blueprint(f"{WEIGHTS} tried", __name__, description="Other weights against the people who wait now.")

    @routes.route("/matcher/v1/what-if", methods=["POST"])
    @allow("weights:edit")
    @answers(409)
    @routes.arguments(MostQuery, location="query")
    @routes.arguments(SettingsSchema, required=False, example={"criteria": {"device": {"mode": "soft", "weight": 80}}})
    @routes.response(200, WhatIfSchema, description="What would change")
    def try_other_weights(query: Mapping[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """Try other weights.

        Matches the people who wait now under the weights in force and under these; missing fields stay as in force.
        Stores and sends nothing. 409 for a pool too large to wait for, 503 with Retry-After while another
        question is being answered.
        """
        with patience():
            return shown_what_if(preview_weights(context.uow, context.queue, actor().programme_id, body), query["most"])

    return routes


def shown_what_if(preview: Preview, most: int = MOST) -> dict[str, Any]:
    """Return a what-if as JSON; each list names ``most`` mentees at most."""
    changes = preview.found
    verdicts = ("before_by_current", "before_by_candidate", "after_by_current", "after_by_candidate")
    lists = {"changed": changes.changed, "gained": changes.gained, "lost": changes.lost}
    return (
        {"as_of": preview.as_of, "waiting": preview.waiting, "weights_version": preview.weights_version}
        | {name: _verdict(getattr(changes, name)) for name in verdicts}
        | {"counts": {name: len(mentees) for name, mentees in lists.items()}}
        | {name: list(mentees[:most]) for name, mentees in lists.items()}
        | _moves(changes, most)
        | {"guardrails": [_guardrail(guardrail) for guardrail in changes.guardrails], "optimal": changes.optimal}
    )


def _moves(changes: WhatIf, most: int) -> dict[str, Any]:
    return {
        "gains": changes.gains,
        "loses": changes.loses,
        "moves": [
            {"mentee_id": mentee_id, "before": before, "after": after}
            for mentee_id, before, after in changes.moves(most)
        ],
    }


def _verdict(changes: Evaluation) -> dict[str, Any]:
    return {
        "matched": changes.matched,
        "mean": changes.mean,
        "fit": changes.fit / 1000,
        "histogram": list(changes.histogram()),
        "matched_past_promise": changes.matched_past_promise,
        "left_past_promise": changes.left_past_promise,
        "median_wait_left_hours": changes.median_wait_left,
    }


def _guardrail(guardrail: Guardrail) -> dict[str, Any]:
    return {
        "axis": guardrail.group.axis,
        "code": guardrail.group.code,
        "people": guardrail.people,
        "matched_before": guardrail.matched_before,
        "matched_after": guardrail.matched_after,
        "alert": guardrail.alert,
    }
