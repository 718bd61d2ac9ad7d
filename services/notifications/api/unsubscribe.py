"""Routes for unsubscribing from helpful messages: by one click in a mail program (RFC 8058), or on a page."""

from flask import Response

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint
from services.chassis.web.html_pages import language, render
from services.notifications.api.context import ApiContext
from services.notifications.use_cases.change_preferences import unsubscribe

_PATH = "/notifications/v1/unsubscribe/<token>"
_PAGE = {"content": {"text/html": {"schema": {"type": "string"}}}}


def unsubscribe_routes(context: ApiContext) -> Blueprint:
    """Return the routes behind the List-Unsubscribe header."""
    routes = Blueprint("unsubscribe", __name__, description="Unsubscribe from helpful messages")

    @routes.route(_PATH, methods=["GET"])
    @allow("anyone")
    @routes.doc(responses={"200": {"description": "A page with one button", **_PAGE}})
    def ask(token: str) -> Response:
        """Ask whether to stop.

        Changes nothing, so that a mail program that opens links does no harm. A wrong or expired link answers 404.
        """
        context.links.read(token, "unsubscribe")
        return render("notifications/unsubscribe.html", lang=language(), done=False)

    @routes.route(_PATH, methods=["POST"])
    @allow("anyone")
    @routes.doc(
        requestBody={
            "description": "The body of RFC 8058, `List-Unsubscribe=One-Click`; it is not required.",
            "required": False,
            "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}},
        },
        responses={"200": {"description": "Unsubscribed; a page that confirms it", **_PAGE}},
    )
    def stop(token: str) -> Response:
        """Stop helpful messages.

        Needs only the signed link: no sign-in, no cookie. Repeating it changes nothing. Needed messages, such as an
        introduction or a sign-in link, are still sent.
        """
        link = context.links.read(token, "unsubscribe")
        unsubscribe(context.uow, link.person)
        return render("notifications/unsubscribe.html", lang=language(), done=True)

    return routes
