"""The account page: who is signed in on this browser, and signing out; and the renewal of its access cookie."""

from flask import Blueprint, Response, request

from services.chassis.core.errors import SignInNeeded
from services.chassis.i18n.translations import Words
from services.chassis.identity.access_tokens import LIFE
from services.chassis.web import browser_session
from services.chassis.web.access_policy import allow, current
from services.chassis.web.html_pages import chosen_language, render
from services.profiles.ports import Resources
from services.profiles.use_cases.read_person import read_person
from services.profiles.use_cases.sessions import (
    SignedIn,
    end_own_sessions,
    end_session,
    list_sessions,
    renew_browser_session,
)


def account(pages: Blueprint, resources: Resources, words: Words) -> None:
    """Add the page, its forms, and the renewal."""

    @pages.get("/account")
    @allow("person", browser=True)
    def account_page() -> Response:
        person = read_person(resources, current().id or "", current())
        translator = words.of(chosen_language() or person.locale)
        return render(
            "profiles/account.html",
            lang=translator.locale,
            phrases=translator,
            name=person.contact.name,
            sessions=len(list_sessions(resources, current())),
        )

    @pages.post("/account/sign-out")
    @allow("person", browser=True)
    def sign_out() -> Response:
        end_session(resources, current(), current().session or "")
        return _signed_out()

    @pages.post("/account/sign-out-everywhere")
    @allow("person", browser=True)
    def sign_out_everywhere() -> Response:
        end_own_sessions(resources, current())
        return _signed_out()

    @pages.route(browser_session.RENEWAL, methods=["GET", "POST"])
    @allow("anyone")
    def renew() -> Response:
        following = browser_session.safe_next(request.args.get("next"))
        try:
            token = renew_browser_session(resources, browser_session.session_cookie() or "")
        except SignInNeeded:
            return _signed_out()
        response = browser_session.redirect_to(following, 307)
        browser_session.set_access_cookie(response, token, LIFE)
        return response


def keep_signed_in(response: Response, signed_in: SignedIn) -> None:
    """Let the browser keep a new session."""
    browser_session.set_access_cookie(response, signed_in.access_token, LIFE)
    browser_session.set_session_cookie(response, signed_in.refresh_token, signed_in.session_expires_at)


def _signed_out() -> Response:
    response = browser_session.redirect_to("/")
    browser_session.clear_cookies(response)
    return response
