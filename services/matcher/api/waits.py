"""Read waits: a mentee's own, and for admins everyone's."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from services.chassis.web.access_policy import allow, ensure_own
from services.chassis.web.api import Blueprint
from services.chassis.web.fields import CairnSchema, Instant
from services.chassis.web.pagination import PageQuery, page, page_schema
from services.matcher.api.context import WAITING, ApiContext, actor, of_waiting, position, reader
from services.matcher.domain.records import Waiting
from services.matcher.use_cases.read_wait import Wait, cause_of, format_wait, list_waiting_people, read_waiting_time

STATUS = {"enum": ["waiting", "asked", "introduced", "matched", "paused"]}
CAUSE = {
    "enum": ["shortage", "capacity", "hard_rule", "never_possible", "next_round"],
    "description": "As of the last round that decided about them. shortage: suitable mentors went to others, and no "
    "place of theirs became free since; capacity: those who fit have no free place, are not "
    "ready yet (rule ready) or fit less than the programme asks for (rule quality_floor); hard_rule: a condition rules "
    "everyone out; never_possible: nobody in the pool could; next_round: no round has looked yet",
}


class EstimateSchema(CairnSchema):
    """Half of the people like this one had a mentor asked between ``low_hours`` and ``high_hours`` after ``since``."""

    since = Instant(required=True, metadata={"description": "Sign-up, or the end of the last try"})
    low_hours = fields.Float(required=True, metadata={"description": "Never less than they have waited already"})
    high_hours = fields.Float(required=True, allow_none=True, metadata={"description": "null: longer than known yet"})
    past_promise = fields.Boolean(
        required=True, metadata={"description": "They have waited longer than was promised, and go before the others"}
    )
    basis = fields.String(
        required=True,
        metadata={
            "enum": ["similar", "lane", "everybody", "promise"],
            "description": "Whose waits it rests on; promise: too few are known, this is what the programme promises",
        },
    )
    people = fields.Integer(required=True, metadata={"description": "How many people it rests on"})


class WaitSchema(CairnSchema):
    """Where a mentee stands, and an estimate with its basis."""

    mentee_id = fields.String(required=True)
    locale = fields.String(required=True, metadata={"example": "en"})
    status = fields.String(required=True, metadata=STATUS)
    waiting_since = Instant(required=True)
    tries = fields.Integer(required=True, metadata={"description": "How many mentors were asked so far"})
    estimate = fields.Nested(EstimateSchema, required=True)
    says = fields.String(
        required=True,
        metadata={"description": "The estimate in words, from now on, for the reader; empty unless they are waiting"},
    )


class WaitingSchema(CairnSchema):
    """A mentee who waits, with the cause."""

    mentee_id = fields.String(required=True)
    waiting_since = Instant(required=True)
    tries = fields.Integer(required=True)
    cause = fields.String(required=True, metadata=CAUSE)
    rules = fields.List(fields.String(), required=True)
    round_id = fields.String(
        required=True, allow_none=True, metadata={"description": "The last round that decided about them"}
    )


def wait_routes(context: ApiContext) -> Blueprint:
    """Return the routes that read waits."""
    routes = Blueprint(WAITING, __name__, description="Nobody is dropped silently: who waits, how long, and why.")

    @routes.route("/matcher/v1/mentees/<mentee_id>/wait")
    @allow("person", "matches:read")
    @routes.response(200, WaitSchema, description="Where the mentee stands")
    def read_wait(mentee_id: str) -> dict[str, Any]:
        """Estimate how long a mentee will wait.

        Based on how long the last people like them waited who had already waited as long; where there are too few, on
        the programme's promise. A second try is estimated from second tries.
        """
        ensure_own(mentee_id)
        return _shown(context, read_waiting_time(context.uow, actor(), mentee_id, reader()))

    @routes.route("/matcher/v1/waiting")
    @allow("matches:read")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, page_schema(WaitingSchema), description="Everybody who waits, longest first")
    def list_waiting(query: Mapping[str, Any]) -> dict[str, Any]:
        """List everyone who waits, each with the cause. Each read is audited."""
        caller, after = actor(), position(query["cursor"])
        rows = list_waiting_people(context.uow, caller, after=after, limit=query["limit"])
        listed = page(rows, limit=query["limit"], position=of_waiting)
        return {**listed, "items": [_row(row) for row in listed["items"]]}

    return routes


def _shown(context: ApiContext, wait: Wait) -> dict[str, Any]:
    phrases = context.words.of(wait.locale)
    return {
        "mentee_id": wait.person_id,
        "locale": phrases.locale,
        "status": wait.status,
        "waiting_since": wait.waiting_since,
        "tries": wait.tries,
        "estimate": {
            "since": wait.estimate.since,
            "low_hours": wait.estimate.low,
            "high_hours": wait.estimate.high,
            "past_promise": wait.estimate.past,
            "basis": wait.estimate.basis,
            "people": wait.estimate.people,
        },
        "says": format_wait(wait, phrases),
    }


def _row(waiting: Waiting) -> dict[str, Any]:
    return {
        "mentee_id": waiting.person_id,
        "waiting_since": waiting.waiting_since,
        "tries": waiting.tries,
        "cause": cause_of(waiting),
        "rules": list(waiting.rules),
        "round_id": waiting.round_id,
    }
