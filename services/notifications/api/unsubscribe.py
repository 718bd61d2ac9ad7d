"""Stopping the messages one can do without: by one click in a mail program (RFC 8058), or on a calm page."""

from flask import Response

from services.chassis.identity.signed_links import LinkSigner
from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint
from services.chassis.web.html_pages import language, render
from services.notifications.ports import Unit
from services.notifications.use_cases.change_preferences import unsubscribe

_PATH = "/notifications/v1/unsubscribe/<token>"
_PAGE = {"content": {"text/html": {"schema": {"type": "string"}}}}


def unsubscribe_routes(uow: Unit, links: LinkSigner) -> Blueprint:
    """Return the routes behind the List-Unsubscribe header."""
    routes = Blueprint("unsubscribe", __name__, description="No more messages that one can do without")

    @routes.route(_PATH, methods=["GET"])
    @allow("anyone")
    @routes.doc(responses={"200": {"description": "A page with one button", **_PAGE}})
    def ask(token: str) -> Response:
        """Ask whether to stop.

        Changes nothing, so that a mail program that looks links up does no harm. A link that is wrong or too old
        answers 404.
        """
        links.read(token, "unsubscribe")
        return render("notifications/unsubscribe.html", lang=language(), done=False)

    @routes.route(_PATH, methods=["POST"])
    @allow("anyone")
    @routes.doc(
        requestBody={
            "description": "What RFC 8058 sends, `List-Unsubscribe=One-Click`; nothing in it is needed.",
            "required": False,
            "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}},
        },
        responses={"200": {"description": "Stopped; a page that says so", **_PAGE}},
    )
    def stop(token: str) -> Response:
        """Stop the messages one can do without.

        Needs nothing but the signed link: no sign-in, no cookie. Doing it again changes nothing. Messages that are
        needed, such as an introduction or a link to sign in, still come.
        """
        link = links.read(token, "unsubscribe")
        unsubscribe(uow, link.person)
        return render("notifications/unsubscribe.html", lang=language(), done=True)

    return routes
