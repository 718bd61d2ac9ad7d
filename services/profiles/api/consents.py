"""What a person agreed to."""

from typing import Any

from services.chassis.api import Blueprint
from services.chassis.auth import allow, current
from services.chassis.idempotency import idempotent
from services.profiles.api.blueprint import Desk, group
from services.profiles.api.schemas.answers import ConsentAnswerSchema, LedgerSchema
from services.profiles.api.views import ledger_view
from services.profiles.use_cases.answer_consent import answer_consent, read_consents


def consents(desk: Desk) -> Blueprint:
    """Return the routes of the consent ledger; for the person and for admins."""
    routes = group("consents", "What a person agreed to: a ledger that only grows.")

    @routes.route("/people/<person_id>/consents", methods=["GET"])
    @allow("person", "admin")
    @routes.response(200, LedgerSchema)
    def ledger(person_id: str) -> dict[str, Any]:
        """Read the consent ledger: what stands now, and every word there was."""
        return ledger_view(read_consents(desk.world, person_id, current()))

    @routes.route("/people/<person_id>/consents", methods=["POST"])
    @allow("person", "admin")
    @idempotent
    @routes.arguments(ConsentAnswerSchema, example={"purpose": "messages", "given": False})
    @routes.response(200, LedgerSchema)
    def answer(body: dict[str, Any], person_id: str) -> dict[str, Any]:
        """Give or withdraw a consent.

        Withdrawing `matching` leaves the pool at once, and what is open ends kindly; giving it again returns to it.
        An answer that stands already is not written again.
        """
        return ledger_view(answer_consent(desk.world, person_id, body["purpose"], body["given"], current()))

    return routes
