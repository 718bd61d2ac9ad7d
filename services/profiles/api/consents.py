"""Routes of the consent ledger."""

from typing import Any

from services.chassis.web.access_policy import allow, current
from services.chassis.web.api import Blueprint
from services.chassis.web.idempotency import idempotent
from services.profiles.api.context import ApiContext, group
from services.profiles.api.schemas.answers import ConsentAnswerSchema, LedgerSchema
from services.profiles.api.views import ledger_view
from services.profiles.use_cases.answer_consent import answer_consent, read_consents


def consents(context: ApiContext) -> Blueprint:
    """Return the routes of the consent ledger, for the person and for admins."""
    routes = group("consents", "A person's consents, as an append-only ledger.")

    @routes.route("/people/<person_id>/consents", methods=["GET"])
    @allow("person", "people:read")
    @routes.response(200, LedgerSchema)
    def ledger(person_id: str) -> dict[str, Any]:
        """Read the consent ledger: the consents in force, and every earlier answer."""
        return ledger_view(read_consents(context.resources, person_id, current()))

    @routes.route("/people/<person_id>/consents", methods=["POST"])
    @allow("person", "people:write")
    @idempotent
    @routes.arguments(ConsentAnswerSchema, example={"purpose": "messages", "given": False})
    @routes.response(200, LedgerSchema)
    def answer(body: dict[str, Any], person_id: str) -> dict[str, Any]:
        """Give or withdraw a consent.

        Withdrawing ``matching`` leaves the pool at once and ends open matches kindly; giving it again returns to the
        pool. An answer that is already in force is not written again.
        """
        return ledger_view(answer_consent(context.resources, person_id, body["purpose"], body["given"], current()))

    return routes
