"""Read a programme's figures."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from marshmallow import fields, validate

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint
from services.chassis.web.fields import CairnSchema
from services.matcher.api.context import WAITING, ApiContext, actor
from services.matcher.use_cases.read_figures import read_figures


class LastQuery(CairnSchema):
    """How many mentees the times cover."""

    last = fields.Integer(
        load_default=1000,
        validate=validate.Range(1, 100_000, error="Please ask for 1 to 100000 people."),
        metadata={"description": "The times of the last so many mentees"},
    )


class DurationsSchema(CairnSchema):
    """Durations in seconds."""

    count = fields.Integer(required=True)
    median = fields.Float(required=True, allow_none=True)
    p90 = fields.Float(required=True, allow_none=True)
    p99 = fields.Float(required=True, allow_none=True)
    longest = fields.Float(required=True, allow_none=True)


class StatsSchema(CairnSchema):
    """Matches by state, people waiting by cause, and the time from sign-up to the first mentor asked."""

    matches = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    waiting = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    sign_up_to_proposal = fields.Nested(DurationsSchema, required=True)


def figure_routes(context: ApiContext) -> Blueprint:
    """Return the routes, for admins only."""
    routes = Blueprint(f"{WAITING} in figures", __name__, description="Figures that name nobody.")

    @routes.route("/matcher/v1/stats")
    @allow("reports:read")
    @routes.arguments(LastQuery, location="query")
    @routes.response(200, StatsSchema, description="The figures of the programme")
    def read_stats(query: Mapping[str, Any]) -> dict[str, Any]:
        """Read the figures of the programme."""
        return asdict(read_figures(context.uow, actor().programme_id, query["last"]))

    return routes
