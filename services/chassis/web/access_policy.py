"""Access policy: every route states who may call it; the app refuses to start with a route that does not.

``anyone`` and ``person`` are callers; any other word is a permission, which staff have by their roles and systems by
their API keys. The policy is checked before the body is read, so validation messages reveal nothing to strangers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from flask import Flask, g, request

from services.chassis.i18n.sentence import Sentence
from services.chassis.identity.access_tokens import TokenRefused, TokenVerifier
from services.chassis.identity.principal import Principal
from services.chassis.web import browser_session
from services.chassis.web.app_state import state
from services.chassis.web.html_pages import check_nonce
from services.chassis.web.problem import problem
from services.chassis.web.view_options import options_of, set_options

View = TypeVar("View", bound=Callable[..., object])

_CHALLENGE = 'Bearer realm="cairn"'
_SAFE = frozenset({"GET", "HEAD"})
_CALLERS = frozenset({"anyone", "person"})


class PolicyMissing(Exception):
    """A route was registered without ``@allow(...)``."""


def allow(*callers: str, browser: bool = False) -> Callable[[View], View]:
    """State who may call a view: ``@allow("person", "people:read")``. Place it directly below ``@blueprint.route``.

    ``browser``: the caller may also be signed in by the cookie of a browser; a form then needs its nonce.
    """
    if not callers:
        raise PolicyMissing("allow() needs at least one of: anyone, person, or a permission such as people:read")

    def decorate(view: View) -> View:
        return set_options(view, allow=callers, browser=browser)

    return decorate


class EndedSessionsLike(Protocol):
    """Says which sessions have ended."""

    def has_ended(self, session: str) -> bool:
        """Return whether this session has ended."""
        ...


class PrincipalReader:
    """Reads the Authorization header: a signed token whose session has not ended."""

    def __init__(self, *, verifier: TokenVerifier, programme: str, ended: EndedSessionsLike | None = None) -> None:
        self._verifier = verifier
        self._programme = programme
        self._ended = ended

    def read(self, authorization: str | None) -> Principal:
        """Return the caller, anonymous without a header; raise ``TokenRefused`` for a bad credential."""
        if not authorization:
            return Principal("anonymous", None, self._programme)
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise TokenRefused("only bearer tokens are known here")
        caller = self._verifier.verify(token.strip())
        if caller.programme != self._programme:
            raise TokenRefused("this token is for another programme")
        if self._ended is not None and self._ended.has_ended(caller.session or ""):
            raise TokenRefused("this session has ended")
        return caller


def current() -> Principal:
    """Return the caller of the current request."""
    principal: Principal = g.principal
    return principal


def ensure_own(person_id: str) -> None:
    """Raise a 404 problem unless the caller is this person, or staff whom the policy allows.

    404 and not 403, so that the answer does not reveal whether another person's id exists.
    """
    caller = current()
    if not caller.is_staff and caller.person_id != person_id:
        raise problem(404, "not_found", "Not found", "There is nothing here with this id that you can see.")


def enforce() -> None:
    """Check the policy of the matched route before its view runs; the app factory registers this function."""
    if request.url_rule is None or request.endpoint is None:
        return  # an unknown route or method: Flask answers 404 or 405 by itself
    options = options_of(_view(request.endpoint), request.method)
    allowed = options.get("allow", ())
    g.principal = _caller(browser=bool(options.get("browser")), required="anyone" not in allowed)
    if "anyone" in allowed or _may(g.principal, allowed):
        return
    if g.principal.kind == "anonymous":
        raise _sign_in(Sentence("Please send a bearer token in the Authorization header."))
    raise problem(403, "not_allowed", "Not open to you", "Your token is fine, but it does not open this.")


def _caller(*, browser: bool, required: bool) -> Principal:
    """Return the caller; with ``required`` raise a problem, or a redirect, for a credential that is not valid."""
    reader, header = state().principals, request.headers.get("Authorization")
    cookie = browser_session.access_cookie() if browser and header is None else None
    try:
        principal = reader.read(header if cookie is None else f"Bearer {cookie}")
    except TokenRefused:
        principal = reader.read(None)
        if required and not browser:
            raise _sign_in(
                Sentence("This token is not valid any more. Please sign in again."), error="invalid_token"
            ) from None
    if browser and header is None and principal.kind == "anonymous" and (renewal := browser_session.renewal()):
        raise renewal
    if cookie is not None and principal.kind != "anonymous" and request.method not in _SAFE:
        check_nonce()
    return principal


def _may(caller: Principal, allowed: Sequence[str]) -> bool:
    if caller.kind == "person":
        return "person" in allowed
    return not caller.permissions.isdisjoint(set(allowed) - _CALLERS)


def _sign_in(detail: str, *, error: str | None = None) -> Exception:
    challenge = _CHALLENGE + (f', error="{error}"' if error else "")
    return problem(401, "sign_in_needed", "Please sign in", detail, headers={"WWW-Authenticate": challenge})


def _view(endpoint: str) -> object:
    from flask import current_app

    return current_app.view_functions[endpoint]


def refuse_routes_without_policy(app: Flask) -> None:
    """Raise ``PolicyMissing`` with every route and method that has no policy."""
    missing = [
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"OPTIONS"})
        if not options_of(app.view_functions[rule.endpoint], method).get("allow")
    ]
    if missing:
        raise PolicyMissing("these routes have no @allow(...) policy: " + ", ".join(missing))
