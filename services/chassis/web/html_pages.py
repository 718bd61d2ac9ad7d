"""Server-rendered pages in the reader's language, with forms that only our own pages can send.

A form contains the same signed nonce as a cookie of the browser. Another site can make the browser send the cookie but
cannot read it, and so cannot fill in the field; the signature prevents planted cookies. All services of one origin
share the nonce.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, make_response, render_template, request

from services.chassis.i18n.sentence import Sentence
from services.chassis.i18n.translations import SOURCE, Phrases
from services.chassis.web.app_state import state
from services.chassis.web.problem import Problem, problem

NONCE_FIELD = "nonce"
_LANG_COOKIE = "lang"
_PROBLEMS: Mapping[int | None, tuple[Sentence, Sentence]] = {
    403: (
        Sentence("Please open the page again"),
        Sentence("Your answer didn't come from our page in this browser. Please open the page again and answer there."),
    ),
    404: (
        Sentence("There is nothing here"),
        Sentence(
            "There's no page at this address, or not any more. If the link came by mail, please ask for a new one."
        ),
    ),
    409: (
        Sentence("Something has changed in the meantime"),
        Sentence("This isn't possible right now. Please open the page again to see how things stand."),
    ),
    422: (
        Sentence("Please check a few things"),
        Sentence("Nothing was saved yet. Go back, and your entries are still there."),
    ),
    429: (
        Sentence("One moment, please"),
        Sentence("That was a little fast. Please wait a minute and try again."),
    ),
    503: (
        Sentence("We need a moment"),
        Sentence("Something on our side isn't answering right now. Please wait a minute and try again."),
    ),
}
_OTHER = (
    Sentence("That didn't work"),
    Sentence("Nothing is lost on our side. Please try again in a moment."),
)


def chosen_language() -> str | None:
    """Return the language that the reader chose with ``?lang=``, now or earlier in this browser, or None."""
    for choice in (request.args.get("lang"), request.cookies.get(_LANG_COOKIE)):
        if choice in state().words.locales:
            return str(choice)
    return None


def accepted_phrases() -> Phrases:
    """Return the phrases in the first language of the Accept-Language header that there is, else in English."""
    words = state().words
    for tag, _ in request.accept_languages:
        if tag.split("-")[0].lower() in words.locales:
            return words.of(tag)
    return words.of(SOURCE)


def language() -> str:
    """Return the language of a page for an unknown reader: the chosen one, else the browser's, else English.

    A page for a known reader uses ``chosen_language()``, else the reader's locale.
    """
    return chosen_language() or accepted_phrases().locale


def render(template: str, *, status: int = 200, **context: Any) -> Response:
    """Return a page rendered from a template that extends ``base.html``.

    The template can use ``lang``, ``dir``, ``languages``, ``_(...)``, ``site``, ``asset(path)`` and ``form_nonce()``;
    ``context`` adds to these and may set ``lang`` (a page for a known reader uses the reader's language).
    """
    lang = str(context.pop("lang", "") or language())
    response = make_response(render_template(template, **(_base_context(lang) | context)), status)
    response.headers["Content-Language"] = lang
    response.headers["Vary"] = "Accept-Language, Cookie"
    chosen = request.args.get("lang")
    if chosen in state().words.locales and request.method == "GET":
        response.set_cookie(_LANG_COOKIE, chosen, max_age=31536000, **cookie_flags())
    return response


def _base_context(lang: str) -> dict[str, Any]:
    phrases = state().words.of(lang)
    return {
        "lang": lang,
        "dir": phrases.direction,
        "languages": state().words.names.items(),
        "phrases": phrases,
        "site": state().site,
        "asset": asset,
        "form_nonce": form_nonce,
        "nonce_field": NONCE_FIELD,
    }


def asset(path: str) -> str:
    """Return the address of a static file of this service."""
    return f"/{state().name}/static/{path}"


def form_nonce() -> str:
    """Return the nonce that this browser's forms carry in a hidden field named ``nonce``."""
    if "nonce" not in g:
        value = _signed_value(request.cookies.get(_nonce_cookie(), "")) or secrets.token_urlsafe(18)
        g.nonce = f"{value}.{_signature(value, state().secrets[0])}"  # signed with the current secret each time
    return str(g.nonce)


def check_nonce() -> None:
    """Raise a 403 problem unless the form contains the nonce of the cookie. Call it first in every POST page."""
    sent, from_cookie = request.form.get(NONCE_FIELD, ""), request.cookies.get(_nonce_cookie(), "")
    ours = _signed_value(from_cookie)
    if not (ours and hmac.compare_digest(_signed_value(sent).encode(), ours.encode())):
        detail = (
            "This form didn't come from our page in this browser. Please open the page again and send it from there."
        )
        raise problem(403, "form_not_ours", "Please open the page again", detail)


def cookie_name(name: str) -> str:
    """Return the name of a cookie that only this origin can set, in production; plain HTTP has no such cookies."""
    return f"__Host-{name}" if state().production else name


def _nonce_cookie() -> str:
    return cookie_name("nonce")


def _signed_value(nonce: str) -> str:
    """Return the random part of a nonce that any of our secrets signed, or an empty string."""
    value, _, signature = nonce.partition(".")
    known = (_signature(value, secret) for secret in state().secrets)
    return value if any(hmac.compare_digest(signature.encode(), one.encode()) for one in known) else ""


def _signature(value: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"form nonce:{value}".encode(), hashlib.sha256).hexdigest()[:32]


def cookie_flags() -> dict[str, Any]:
    """Return the attributes of our cookies: for all paths, unreadable by scripts, not sent by other sites' forms."""
    return {"path": "/", "httponly": True, "samesite": "Lax", "secure": state().production}


def problem_page(shown: Problem) -> Response | None:
    """Return a problem as a page when the client prefers HTML, else None."""
    if not _wants_page():
        return None
    phrases = state().words.of(language())
    heading, text = _PROBLEMS.get(shown.code, _OTHER)
    page = render(
        "problem.html",
        status=shown.code or 500,
        lang=phrases.locale,
        heading=phrases.translate(heading),
        sentence=phrases.translate(text),
        errors=shown.errors_in(phrases) if shown.code == 422 else [],
        request_id=g.get("request_id", ""),
    )
    page.headers.extend({name: value for name, value in shown.headers.items() if name not in page.headers})
    return page


def _wants_page() -> bool:
    accept = request.accept_mimetypes
    return accept["text/html"] > max(accept["application/json"], accept["application/problem+json"])


def install(app: Flask) -> None:
    """Send the nonce cookie with every page that contains a new nonce."""

    @app.after_request
    def set_nonce_cookie(response: Response) -> Response:
        if "nonce" in g and request.cookies.get(_nonce_cookie()) != g.nonce:
            response.set_cookie(_nonce_cookie(), g.nonce, **cookie_flags())
        return response
