"""Routes on which mentors apply, and admins list and approve them."""

from datetime import datetime
from functools import partial
from typing import Any

from marshmallow import fields, validate

from services.chassis.web.access_policy import allow, current
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.etags import set_version
from services.chassis.web.idempotency import idempotent
from services.chassis.web.pagination import PageQuery, page, page_schema, read_cursor
from services.chassis.web.rate_limits import limit_address, limited
from services.profiles.api.context import ApiContext, group, signed_in_person
from services.profiles.api.examples import APPROVAL, MENTOR
from services.profiles.api.mentees import LOCATION, Answer, sign_up_response
from services.profiles.api.schemas.answers import ApprovalSchema, JoinedSchema, MentorListItem, PersonSchema
from services.profiles.api.schemas.sides import MentorApplicationSchema
from services.profiles.api.translate import form_of, mentor_side
from services.profiles.api.views import mentor_item, person_view
from services.profiles.use_cases.apply_as_mentor import apply_as_mentor
from services.profiles.use_cases.approve_mentor import approve_mentor
from services.profiles.use_cases.read_person import list_mentors


class MentorsQuery(PageQuery):
    """A filter and page of mentors."""

    status = fields.String(
        load_default=None,
        validate=validate.OneOf(["applied", "approved"], error="Please give applied or approved."),
        metadata={"description": "only those with this status"},
    )


def mentors(context: ApiContext) -> Blueprint:
    """Return the routes for mentors."""
    routes = group("mentors", "People who offer their lived experience.")

    @routes.route("/mentors", methods=["POST"])
    @allow("anyone")
    @limited(setting="sign_up_limit")
    @idempotent
    @answers(403, 409)
    @routes.arguments(MentorApplicationSchema, example=MENTOR)
    @routes.response(201, JoinedSchema, headers=LOCATION)
    def apply(body: dict[str, Any]) -> Answer:
        """Apply as a mentor.

        The same vocabulary from the other side: what you lived through, devices with their dates, how you like to
        talk, how many people at the same time. The answer's status is ``applied`` until an admin approves. A mentee
        who sends their token along becomes a mentor as well.
        """
        limit_address(body["contact"]["email"])
        return sign_up_response(
            context, apply_as_mentor(context.resources, form_of(body), partial(mentor_side, body), signed_in_person())
        )

    _add_admin_routes(routes, context)
    return routes


def _add_admin_routes(routes: Blueprint, context: ApiContext) -> None:
    """Add the routes with which admins list and approve mentors."""

    @routes.route("/mentors", methods=["GET"])
    @allow("people:read")
    @routes.arguments(MentorsQuery, location="query")
    @routes.response(200, page_schema(MentorListItem))
    def listed(query: dict[str, Any]) -> dict[str, Any]:
        """List mentors, oldest application first.

        For admins. The list leaves out health facts; each mentor's record has them, and reading it is recorded.
        """
        position = read_cursor(query["cursor"])
        after = (datetime.fromisoformat(position[0]), str(position[1])) if position else None
        rows = list_mentors(context.resources, query["status"], after, query["limit"], current())
        return page(
            [mentor_item(person) for person in rows],
            limit=query["limit"],
            position=lambda item: (item["applied_at"].isoformat(), item["id"]),
        )

    @routes.route("/mentors/<person_id>/approval", methods=["POST"])
    @allow("people:approve")
    @idempotent
    @answers(409)
    @routes.arguments(ApprovalSchema, example=APPROVAL)
    @routes.response(200, PersonSchema)
    def approve(body: dict[str, Any], person_id: str) -> dict[str, Any]:
        """Approve a mentor, or withdraw the approval.

        For admins. ``trained_until`` is the last day on which the training is valid; after it no one new is proposed.
        Set ``cleared_for_minors`` only after the checks that your law requires. The reason is kept in the audit.
        """
        person = approve_mentor(
            context.resources,
            person_id,
            current(),
            approved=body["decision"] == "approved",
            reason=body["reason"],
            trained_until=body["trained_until"],
            cleared_for_minors=body["cleared_for_minors"],
        )
        set_version(person.version)
        return person_view(person)
