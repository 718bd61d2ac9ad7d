"""Routes for signing in by a link in a mail."""

from typing import Any

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Blueprint, answers
from services.chassis.web.html_pages import language
from services.chassis.web.rate_limits import guesses, limit_address, limited
from services.profiles.api.context import ApiContext, group
from services.profiles.api.schemas.answers import LinkRequestSchema, LinkTokenSchema, SaidSchema
from services.profiles.api.schemas.sessions import SignedInSchema
from services.profiles.api.views import signed_in_view
from services.profiles.use_cases.sign_in import ask_sign_in_link, sign_in


def sign_ins(context: ApiContext) -> Blueprint:
    """Return the routes for signing in."""
    routes = group("sign-in", "Signing in by a link in a mail.")

    @routes.route("/sign-in-links", methods=["POST"])
    @allow("anyone")
    @limited(setting="sign_up_limit")
    @routes.arguments(LinkRequestSchema, example={"email": "sam@example.org"})
    @routes.response(202, SaidSchema)
    def ask(body: dict[str, Any]) -> dict[str, str]:
        """Ask for a sign-in link by mail.

        The answer is always the same, so that it does not reveal who is signed up. A link works once, for half an
        hour; a new one ends earlier ones. One address gets three mails an hour at most.
        """
        limit_address(body["email"])
        ask_sign_in_link(context.resources, body["email"])
        translator = context.words.of(language())
        return {"words": translator.gettext("If this address is signed up here, we've sent it an email with a link.")}

    @routes.route("/sessions", methods=["POST"])
    @allow("anyone")
    @limited(setting="sign_up_limit")
    @guesses
    @answers(404)
    @routes.arguments(LinkTokenSchema, example={"token": "the-last-part-of-the-address-in-the-mail"})
    @routes.response(201, SignedInSchema)
    def exchange(body: dict[str, Any]) -> dict[str, Any]:
        """Exchange the token of a sign-in link for a session.

        The link's token is the last part of its address. Wrong, expired, used and unknown tokens all get 404.
        """
        return signed_in_view(sign_in(context.resources, body["token"]))

    return routes
