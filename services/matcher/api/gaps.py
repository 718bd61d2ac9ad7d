"""Gaps: whom to recruit next, as a report made in the background."""

from typing import Any

from marshmallow import fields

from services.chassis.api import Blueprint
from services.chassis.auth import allow
from services.chassis.idempotency import idempotent
from services.chassis.schema import CairnSchema, Instant
from services.matcher.api.door import WAITING, Door, actor
from services.matcher.ports import Report
from services.matcher.use_cases.find_gaps import KIND, ask_for_gaps


class KindSchema(CairnSchema):
    """A kind of mentor."""

    language = fields.String(required=True, metadata={"example": "es"})
    diabetes_type = fields.String(required=True, metadata={"example": "t1d"})
    relation = fields.String(required=True, metadata={"example": "self"})
    device_class = fields.String(required=True, allow_none=True)


class RecruitSchema(KindSchema):
    """A mentor to look for, after those before in the list."""

    waiting = fields.Integer(required=True, metadata={"description": "People who wait for one like this"})
    more_matched = fields.Integer(required=True, metadata={"description": "People more with a mentor: exact"})
    invitations = fields.Integer(required=True, metadata={"description": "People to invite to win one, as a guide"})


class IdleSchema(KindSchema):
    """Free places that nobody needs now."""

    places = fields.Integer(required=True)


class GapsSchema(CairnSchema):
    """The last report; `asked` while a newer one is being made, `none` before the first."""

    state = fields.String(required=True, metadata={"enum": ["none", "asked", "ready"]})
    asked_at = Instant(required=True, allow_none=True)
    made_at = Instant(required=True, allow_none=True)
    waiting = fields.Integer(required=True, allow_none=True, metadata={"description": "Who waited then"})
    recruits = fields.List(fields.Nested(RecruitSchema), required=True)
    idle = fields.List(fields.Nested(IdleSchema), required=True)


def gap_routes(door: Door) -> Blueprint:
    """Admins only."""
    routes = Blueprint(f"{WAITING}: gaps", __name__, description="The mentors whom the people who wait lack most.")

    @routes.route("/matcher/v1/gaps")
    @allow("admin")
    @routes.response(200, GapsSchema, description="The last report")
    def read_gaps() -> dict[str, Any]:
        """Read whom to recruit next."""
        with door.uow.begin(read_only=True) as store:
            return _shown(store.reports.get(actor().programme_id, KIND))

    @routes.route("/matcher/v1/gaps", methods=["POST"])
    @allow("admin")
    @idempotent
    @routes.response(202, GapsSchema, description="A worker makes a new report; read it when it is ready")
    def ask() -> dict[str, Any]:
        """Ask for a new report.

        Each number in it comes from matching everybody again, so it is exact for the pool as it is.
        """
        return _shown(ask_for_gaps(door.uow, actor().programme_id, by="admin"))

    return routes


def _shown(report: Report | None) -> dict[str, Any]:
    if report is None:
        return {"state": "none", "asked_at": None, "made_at": None, "waiting": None, "recruits": [], "idle": []}
    ready = report.made_at is not None and report.made_at >= report.asked_at
    content = report.content or {"waiting": None, "recruits": [], "idle": []}
    return {
        "state": "ready" if ready else "asked",
        "asked_at": report.asked_at,
        "made_at": report.made_at,
        **content,
    }
