"""Server-rendered pages: the reader's language, and forms that only our own pages can send.

A form carries a nonce that a cookie of the same browser holds too (signed, so that nobody else can plant one); another
site can send the cookie along but cannot read it, and so cannot write the field. All services of one origin share it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from flask import Flask, Response, g, make_response, render_template, request

from services.chassis.i18n.chassis_texts import NAMES, WORDS
from services.chassis.web.app_state import state
from services.chassis.web.problem import Problem, problem

LANGUAGES = tuple(NAMES)
NONCE_FIELD = "nonce"
_RIGHT_TO_LEFT = {"ar", "fa", "he", "ps", "ur", "yi"}
_LANG_COOKIE = "lang"


def chosen_language() -> str | None:
    """Return the language the reader has chosen here: `?lang=`, else the choice that this browser remembers."""
    for wish in (request.args.get("lang"), request.cookies.get(_LANG_COOKIE)):
        if wish in LANGUAGES:
            return str(wish)
    return None


def language() -> str:
    """Return the language of a page for anybody: the chosen one, else the browser's, else English.

    A page for a known reader takes `chosen_language() or` theirs.
    """
    if (chosen := chosen_language()) is not None:
        return chosen
    for tag, _ in request.accept_languages:
        if (base := tag.split("-")[0].lower()) in LANGUAGES:
            return base
    return LANGUAGES[0]


def direction(tag: str) -> str:
    """Return `rtl` for languages written from right to left, else `ltr`."""
    return "rtl" if tag.split("-", maxsplit=1)[0] in _RIGHT_TO_LEFT else "ltr"


def render(template: str, *, status: int = 200, **context: Any) -> Response:
    """Return a page made of a template that extends `base.html`.

    The template finds `lang`, `dir`, `languages`, `words`, `site`, `asset(path)` and `form_nonce()`; `context` adds to
    these and may set `lang` (a page for a known reader follows the reader, not the browser).
    """
    lang = str(context.pop("lang", "") or language())
    response = make_response(render_template(template, **_surroundings(lang), **context), status)
    response.headers["Content-Language"] = lang
    response.headers["Vary"] = "Accept-Language, Cookie"
    chosen = request.args.get("lang")
    if chosen in LANGUAGES and request.method == "GET":
        response.set_cookie(_LANG_COOKIE, chosen, max_age=31536000, **_cookie_flags())
    return response


def _surroundings(lang: str) -> dict[str, Any]:
    return {
        "lang": lang,
        "dir": direction(lang),
        "languages": NAMES.items(),
        "words": WORDS.get(lang, WORDS["en"]),
        "site": state().site,
        "asset": asset,
        "form_nonce": form_nonce,
        "nonce_field": NONCE_FIELD,
    }


def asset(path: str) -> str:
    """Return the address of a static file of this service."""
    return f"/{state().name}/static/{path}"


def form_nonce() -> str:
    """Return the nonce for this browser's forms.

    A template writes `<input type="hidden" name="nonce" value="{{ form_nonce() }}">`.
    """
    if "nonce" not in g:
        held = request.cookies.get(_nonce_cookie(), "")
        g.nonce = held if _genuine(held) else _fresh()
    return str(g.nonce)


def check_nonce() -> None:
    """Raise a 403 problem unless the form carries the nonce of this browser's cookie. Call first in every POST page."""
    sent, held = request.form.get(NONCE_FIELD, ""), request.cookies.get(_nonce_cookie(), "")
    if not (_genuine(held) and hmac.compare_digest(sent.encode(), held.encode())):
        detail = "This form was not sent from our page in this browser. Please open the page again and repeat."
        raise problem(403, "form_not_ours", "Please open the page again", detail)


def _nonce_cookie() -> str:
    return "__Host-nonce" if state().production else "nonce"


def _fresh() -> str:
    value = secrets.token_urlsafe(18)
    return f"{value}.{_signature(value)}"


def _genuine(nonce: str) -> bool:
    value, _, signature = nonce.partition(".")
    return bool(value) and hmac.compare_digest(signature.encode(), _signature(value).encode())


def _signature(value: str) -> str:
    return hmac.new(state().secret.encode(), f"form nonce:{value}".encode(), hashlib.sha256).hexdigest()[:32]


def _cookie_flags() -> dict[str, Any]:
    return {"path": "/", "httponly": True, "samesite": "Lax", "secure": state().production}


def problem_page(found: Problem) -> Response | None:
    """Return a problem as a page for a reader whose browser asked for one; None for programs."""
    if not _wants_page():
        return None
    lang = language()
    words = WORDS[lang]
    key = str(found.code) if str(found.code) in words else "other"
    page = render(
        "problem.html",
        status=found.code or 500,
        lang=lang,
        heading=words[key],
        sentence=words[f"{key}_text"],
        errors=found.errors if found.code == 422 else [],
        request_id=g.get("request_id", ""),
    )
    page.headers.extend({name: value for name, value in found.headers.items() if name not in page.headers})
    return page


def _wants_page() -> bool:
    accept = request.accept_mimetypes
    return accept["text/html"] > max(accept["application/json"], accept["application/problem+json"])


def install(app: Flask) -> None:
    """Send the nonce cookie with every page that printed a nonce."""

    @app.after_request
    def keep_nonce(response: Response) -> Response:
        if "nonce" in g and request.cookies.get(_nonce_cookie()) != g.nonce:
            response.set_cookie(_nonce_cookie(), g.nonce, **_cookie_flags())
        return response
