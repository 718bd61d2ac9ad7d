"""Request and read the report of gaps: which mentors to recruit next."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from services.chassis.i18n.translations import Phrases
from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint
from services.chassis.web.fields import CairnSchema, Instant
from services.chassis.web.idempotency import idempotent
from services.matcher.api.context import WAITING, ApiContext, actor, reader
from services.matcher.api.why import RuleSchema
from services.matcher.domain.records import Report
from services.matcher.use_cases.find_gaps import read_gaps_report, request_gaps
from services.matcher.use_cases.wording.causes_and_rules import format_rule


class KindSchema(CairnSchema):
    """A kind of mentor."""

    language = fields.String(required=True, metadata={"example": "es"})
    diabetes_type = fields.String(required=True, metadata={"example": "t1d"})
    relation = fields.String(required=True, metadata={"example": "self"})
    device_class = fields.String(required=True, allow_none=True)


class ConditionSchema(RuleSchema):
    """A further must of people who wait, which an ordinary mentor would not meet."""

    values = fields.List(
        fields.String(), required=True, metadata={"description": "One of them is enough", "example": ["woman"]}
    )


class PointSchema(CairnSchema):
    """What ``mentors`` mentors of a kind bring together."""

    mentors = fields.Integer(required=True, metadata={"example": 5})
    places = fields.Integer(required=True, metadata={"description": "Places that they bring", "example": 10})
    more_matched = fields.Integer(
        required=True, metadata={"description": "People more with a mentor than without them: exact", "example": 8}
    )
    invitations = fields.Integer(required=True, metadata={"description": "People to invite to win them, as a guide"})


class RecruitSchema(KindSchema):
    """A kind of mentor to recruit; counted on top of one mentor of each earlier kind in the list."""

    conditions = fields.List(fields.Nested(ConditionSchema), required=True)
    places = fields.Integer(required=True, metadata={"description": "Places that one such mentor has", "example": 2})
    waiting = fields.Integer(required=True, metadata={"description": "People who wait for one like this"})
    more_matched = fields.Integer(
        required=True, metadata={"description": "People more with a mentor when one such mentor comes: exact"}
    )
    invitations = fields.Integer(required=True, metadata={"description": "People to invite to win one, as a guide"})
    curve = fields.List(
        fields.Nested(PointSchema),
        required=True,
        metadata={"description": "What the next 1, 5 and 10 of the kind are worth"},
    )


class IdleSchema(KindSchema):
    """Free places that nobody needs now."""

    places = fields.Integer(required=True)


_MOST = 10**9
_NUMBER: dict[str, Any] = {"minimum": 1, "maximum": _MOST}


class InvitedSchema(CairnSchema):
    """A programme's own numbers, both or none: people invited, and those of them who became mentors."""

    invited = fields.Integer(strict=True, metadata=_NUMBER | {"example": 400})
    appointed = fields.Integer(strict=True, metadata=_NUMBER | {"example": 25})

    @validates_schema
    def _both_make_sense(self, values: Mapping[str, int], **_: Any) -> None:
        for name in self.fields:
            if values and name not in values:
                raise ValidationError("Please give both numbers, or none.", name)
        if values and not 1 <= values["invited"] <= _MOST:
            raise ValidationError("Please give how many people were invited, 1 or more.", "invited")
        if values and not 1 <= values["appointed"] <= values["invited"]:
            raise ValidationError("Please give 1 or more, and no more than were invited.", "appointed")


class FunnelSchema(CairnSchema):
    """The numbers from which invitations are estimated."""

    invited = fields.Integer(required=True)
    appointed = fields.Integer(required=True)
    own = fields.Boolean(
        required=True, metadata={"description": "False: a published programme's, since this one told none"}
    )


class GapsSchema(CairnSchema):
    """The last report; ``asked`` while a newer one is being made, ``none`` before the first."""

    state = fields.String(required=True, metadata={"enum": ["none", "asked", "ready"]})
    asked_at = Instant(required=True, allow_none=True)
    made_at = Instant(required=True, allow_none=True)
    waiting = fields.Integer(required=True, allow_none=True, metadata={"description": "Who waited then"})
    funnel = fields.Nested(FunnelSchema, required=True, allow_none=True)
    recruits = fields.List(fields.Nested(RecruitSchema), required=True)
    for_conditions = fields.List(
        fields.Nested(RecruitSchema),
        required=True,
        metadata={"description": "For each condition that somebody insists on, whom to recruit, each counted alone"},
    )
    idle = fields.List(fields.Nested(IdleSchema), required=True)
    one_more_place = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={
            "description": "Mentors with whom one place more lets one person more have a mentor, whoever has waited "
            "longest first, at most twenty; each counted alone. null: too many people to look at every pair"
        },
    )


def gap_routes(context: ApiContext) -> Blueprint:
    """Return the routes, for admins only."""
    routes = Blueprint(f"{WAITING}: gaps", __name__, description="The mentors whom the people who wait lack most.")

    @routes.route("/matcher/v1/gaps")
    @allow("reports:read")
    @routes.response(200, GapsSchema, description="The last report")
    def read_gaps() -> dict[str, Any]:
        """Read which mentors to recruit next."""
        return _shown(read_gaps_report(context.uow, actor().programme_id), context.words.of(reader()))

    @routes.route("/matcher/v1/gaps", methods=["POST"])
    @allow("reports:read")
    @idempotent
    @routes.arguments(InvitedSchema, required=False, example={"invited": 400, "appointed": 25})
    @routes.response(202, GapsSchema, description="A worker makes a new report; read it when it is ready")
    def ask(body: dict[str, int]) -> dict[str, Any]:
        """Request a new report.

        Each number of people comes from matching the whole pool again, so it is exact for the current pool. How many
        to invite is an estimate from your own numbers, which stay until you send others; without any, from those of a
        published programme (104 appointed of 9951 invited).
        """
        report = request_gaps(context.uow, actor().programme_id, by=actor().by, funnel=body or None)
        return _shown(report, context.words.of(reader()))

    return routes


_NOTHING: Mapping[str, Any] = {
    "waiting": None,
    "funnel": None,
    "recruits": [],
    "for_conditions": [],
    "idle": [],
    "one_more_place": [],
}


def _shown(report: Report | None, phrases: Phrases) -> dict[str, Any]:
    if report is None:
        return {"state": "none", "asked_at": None, "made_at": None, **_NOTHING}
    ready = report.made_at is not None and report.made_at >= report.asked_at
    content = {**_NOTHING, **(report.content or {})}
    return {
        "state": "ready" if ready else "asked",
        "asked_at": report.asked_at,
        "made_at": report.made_at,
        **content,
        **{name: [_labelled(recruit, phrases) for recruit in content[name]] for name in ("recruits", "for_conditions")},
    }


_BEFORE: Mapping[str, Any] = {"conditions": [], "places": 2, "curve": []}
"""Defaults for reports made by earlier versions, which lack these fields."""


def _labelled(recruit: Mapping[str, Any], phrases: Phrases) -> dict[str, Any]:
    row = {**_BEFORE, **recruit}
    conditions = [condition | {"label": format_rule(condition["rule"], phrases)} for condition in row["conditions"]]
    return {**row, "conditions": conditions}
