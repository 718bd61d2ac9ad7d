"""Waiting: how long, and why; for the person, and for an admin everybody."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from marshmallow import fields

from services.chassis.api import Blueprint
from services.chassis.auth import allow, ensure_own
from services.chassis.pages import PageQuery, page, page_schema
from services.chassis.schema import CairnSchema, Instant
from services.matcher.api.door import WAITING, Door, actor, of_waiting, position
from services.matcher.ports import Waiting
from services.matcher.use_cases.tell_wait import cause_of, tell_wait

STATUS = {"enum": ["waiting", "asked", "introduced", "matched", "paused"]}
CAUSE = {
    "enum": ["shortage", "capacity", "hard_rule", "never_possible", "next_round"],
    "description": "shortage: suitable mentors went to others; capacity: those who fit have no free place; hard_rule: "
    "a condition rules everyone out; never_possible: nobody in the pool could; next_round: no round has looked yet",
}


class WaitSchema(CairnSchema):
    """Where a mentee stands. The estimate counts from sign-up to the first mentor asked; null without a fair basis."""

    mentee_id = fields.String(required=True)
    status = fields.String(required=True, metadata=STATUS)
    waiting_since = Instant(required=True)
    tries = fields.Integer(required=True, metadata={"description": "How many mentors were asked so far"})
    usual_seconds = fields.Float(required=True, allow_none=True, metadata={"description": "Half were faster"})
    nearly_all_seconds = fields.Float(required=True, allow_none=True, metadata={"description": "Nine of ten were"})
    basis = fields.Integer(required=True, metadata={"description": "How many people the estimate rests on"})


class WaitingSchema(CairnSchema):
    """Somebody who waits, with a reason."""

    mentee_id = fields.String(required=True)
    waiting_since = Instant(required=True)
    tries = fields.Integer(required=True)
    cause = fields.String(required=True, metadata=CAUSE)
    rules = fields.List(fields.String(), required=True)
    round_id = fields.String(required=True, allow_none=True)


def wait_routes(door: Door) -> Blueprint:
    """`GET` of waits."""
    routes = Blueprint(WAITING, __name__, description="Nobody is dropped silently: who waits, how long, and why.")

    @routes.route("/matcher/v1/mentees/<mentee_id>/wait")
    @allow("person", "admin")
    @routes.response(200, WaitSchema, description="Where the mentee stands")
    def read_wait(mentee_id: str) -> dict[str, Any]:
        """Say how long a mentee will wait.

        An honest estimate from the last hundred people, or null when there are too few for one.
        """
        ensure_own(mentee_id)
        return _named(asdict(tell_wait(door.uow, actor(), mentee_id)))

    @routes.route("/matcher/v1/waiting")
    @allow("admin")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, page_schema(WaitingSchema), description="Everybody who waits, longest first")
    def list_waiting(query: Mapping[str, Any]) -> dict[str, Any]:
        """List everybody who waits, with a reason for each."""
        with door.uow.begin(read_only=True) as store:
            rows = store.waits.waiting(actor().programme_id, after=position(query["cursor"]), limit=query["limit"] + 1)
        found = page(rows, limit=query["limit"], position=of_waiting)
        return {**found, "items": [_row(row) for row in found["items"]]}

    return routes


def _named(found: dict[str, Any]) -> dict[str, Any]:
    return {"mentee_id": found.pop("person_id"), **found}


def _row(waiting: Waiting) -> dict[str, Any]:
    return {
        "mentee_id": waiting.person_id,
        "waiting_since": waiting.waiting_since,
        "tries": waiting.tries,
        "cause": cause_of(waiting),
        "rules": list(waiting.rules),
        "round_id": waiting.round_id,
    }
