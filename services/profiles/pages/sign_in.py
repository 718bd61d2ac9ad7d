"""The sign-in page: the link shows a button, and only the button signs in, because mail scanners open links too."""

from flask import Blueprint, Response

from services.chassis.i18n.translations import Words
from services.chassis.web.access_policy import allow
from services.chassis.web.browser_session import redirect_to
from services.chassis.web.html_pages import check_nonce, language, render
from services.profiles.pages.account import keep_signed_in
from services.profiles.ports import Resources
from services.profiles.use_cases.sign_in import sign_in


def signing_in(pages: Blueprint, resources: Resources, words: Words) -> None:
    """Add the page of a sign-in link and its form."""

    @pages.get("/sign-in/<token>")
    @allow("anyone")
    def sign_in_page(token: str) -> Response:
        resources.links.read(token, "sign_in")
        lang = language()
        return render("profiles/sign_in.html", lang=lang, phrases=words.of(lang), token=token)

    @pages.post("/sign-in/<token>")
    @allow("anyone")
    def signed_in_page(token: str) -> Response:
        check_nonce()
        response = redirect_to("/account")
        keep_signed_in(response, sign_in(resources, token, "browser"))
        return response
