"""The route of the development mailbox, for programs such as the demonstration."""

from typing import Any

from services.chassis.core.errors import NotFound
from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint, answers
from services.notifications.api.context import ApiContext
from services.notifications.api.schemas import MailQuery, MailsSchema


def mailbox_routes(context: ApiContext) -> Blueprint:
    """Return the route; without a mailbox it answers 404."""
    routes = Blueprint("mailbox", __name__, description="Development only: mail that was written into a folder")

    @routes.route("/notifications/v1/mailbox", methods=["GET"])
    @allow("anyone")
    @answers(404)
    @routes.arguments(MailQuery, location="query")
    @routes.response(200, MailsSchema)
    def mails(query: dict[str, Any]) -> dict[str, Any]:
        """Read the development mailbox.

        Newest first. Only where ENVIRONMENT is development and MAIL_URL names a folder; anywhere else this answers
        404, as it holds the mail of all people.
        """
        if context.mailbox is None:
            raise NotFound("not_found", "There is no development mailbox here.")
        return {"items": context.mailbox.newest(to=query["to"], limit=query["limit"])}

    return routes
