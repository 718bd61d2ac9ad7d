"""Routes of a person's record: read, change, pause, export and erase."""

from typing import Any

from services.chassis.web.access_policy import allow, current
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.etags import conditional, require_match, set_version
from services.chassis.web.idempotency import idempotent
from services.profiles.api.context import PREFIX, ApiContext, group
from services.profiles.api.schemas.answers import ErasureSchema, PauseSchema, PersonChangeSchema, PersonSchema
from services.profiles.api.schemas.export import ExportSchema
from services.profiles.api.translate import edit_of
from services.profiles.api.views import erasure_view, export_view, person_view
from services.profiles.domain.person import Person
from services.profiles.use_cases.change_person import change_person
from services.profiles.use_cases.erase_person import erase_person, follow_erasure, read_erasure, sign_receipt_link
from services.profiles.use_cases.read_person import export_person, read_person
from services.profiles.use_cases.take_a_break import pause_person, resume_person

_CHANGE = {"mentee": {"goals": ["emotional"], "matters_most": ["language"]}, "preferred_name": "Sam"}


def people(context: ApiContext) -> Blueprint:
    """Return the routes of a person's record, all for the person and for admins."""
    routes = group("people", "A person's record: read, change, pause, export and erase.")

    @routes.route("/people/<person_id>", methods=["GET"])
    @allow("person", "people:read")
    @routes.response(200, PersonSchema)
    def read(person_id: str) -> dict[str, Any]:
        """Read a person's record.

        The ETag is the version; send it as If-Match with a change. A read by an admin is recorded.
        """
        return _response(read_person(context.resources, person_id, current()))

    @routes.route("/people/<person_id>", methods=["PATCH"])
    @allow("person", "people:write")
    @conditional
    @answers(403, 409)
    @routes.arguments(PersonChangeSchema, example=_CHANGE)
    @routes.response(200, PersonSchema)
    def change(body: dict[str, Any], person_id: str) -> dict[str, Any]:
        """Change a person's record.

        Only the fields that are sent change: a list replaces the whole list, null empties an optional field. Needs
        If-Match with the ETag that was read (428 without it, 412 when the record has changed since).
        """
        return _response(change_person(context.resources, person_id, edit_of(body), current(), require_match))

    @routes.route("/people/<person_id>", methods=["DELETE"])
    @allow("person", "people:erase")
    @routes.response(202, ErasureSchema)
    def erase(person_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
        """Leave and be erased.

        With this answer profiles has deleted all personal data; the other services confirm later, see ``/erasure``.
        What remains is an id, two dates and the receipts. This cannot be undone. All your sessions end; ``Location`` is
        an address at which you can still follow the erasure, without signing in.
        """
        tombstone = erase_person(context.resources, person_id, current())
        receipt = sign_receipt_link(context.resources, tombstone)
        return erasure_view(tombstone), 202, {"Location": f"{PREFIX}/erasures/{receipt}"}

    @routes.route("/erasures/<token>", methods=["GET"])
    @allow("anyone")
    @answers(404)
    @routes.response(200, ErasureSchema)
    def followed_erasure(token: str) -> dict[str, Any]:
        """Follow your own erasure, at the address that its answer gave."""
        return erasure_view(follow_erasure(context.resources, token))

    @routes.route("/people/<person_id>/erasure", methods=["GET"])
    @allow("people:read")
    @routes.response(200, ErasureSchema)
    def erasure(person_id: str) -> dict[str, Any]:
        """Read how far an erasure is, and which services confirmed it."""
        return erasure_view(read_erasure(context.resources, person_id, current()))

    _add_breaks_and_export(routes, context)
    return routes


def _add_breaks_and_export(routes: Blueprint, context: ApiContext) -> None:
    """Add the routes that start and end a break, and the export."""

    @routes.route("/people/<person_id>/pause", methods=["POST"])
    @allow("person", "people:write")
    @idempotent
    @answers(409)
    @routes.arguments(PauseSchema, example={"until": "2026-12-24T08:00:00Z"})
    @routes.response(200, PersonSchema)
    def pause(body: dict[str, Any], person_id: str) -> dict[str, Any]:
        """Take a break.

        No one new is proposed during the break, and a mentee's place is kept. With ``until`` it ends by itself.
        """
        return _response(pause_person(context.resources, person_id, body["until"], current()))

    @routes.route("/people/<person_id>/resume", methods=["POST"])
    @allow("person", "people:write")
    @idempotent
    @answers(400, 409)
    @routes.response(200, PersonSchema)
    def resume(person_id: str) -> dict[str, Any]:
        """Come back from a break."""
        return _response(resume_person(context.resources, person_id, current()))

    @routes.route("/people/<person_id>/export", methods=["GET"])
    @allow("person", "people:export")
    @routes.response(200, ExportSchema, headers={"Content-Disposition": {"schema": {"type": "string"}}})
    def export(person_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
        """Export all data of a person, as JSON."""
        exported = export_person(context.resources, person_id, current())
        return export_view(exported), 200, {"Content-Disposition": 'attachment; filename="cairn-export.json"'}


def _response(person: Person) -> dict[str, Any]:
    set_version(person.version)
    return person_view(person)
