"""Access policy: every route states who may call it; the app refuses to start with a route that does not.

The policy is checked before the body is read, so validation messages reveal nothing to strangers.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Literal, TypeVar

from flask import Flask, g, request

from services.chassis.i18n.sentence import Sentence
from services.chassis.identity.access_tokens import TokenRefused, TokenVerifier
from services.chassis.identity.principal import Principal
from services.chassis.web.app_state import state
from services.chassis.web.problem import problem
from services.chassis.web.view_options import options_of, set_options

Caller = Literal["anyone", "person", "admin", "service"]
View = TypeVar("View", bound=Callable[..., object])

_CHALLENGE = 'Bearer realm="cairn"'


class PolicyMissing(Exception):
    """A route was registered without ``@allow(...)``."""


def allow(*callers: Caller) -> Callable[[View], View]:
    """State who may call a view: ``@allow("person", "admin")``. Place it directly below ``@blueprint.route``."""
    if not callers:
        raise PolicyMissing("allow() needs at least one of: anyone, person, admin, service")

    def decorate(view: View) -> View:
        return set_options(view, allow=callers)

    return decorate


class PrincipalReader:
    """Read the Authorization header: the admin token, compared in constant time, or a person's signed token."""

    def __init__(self, *, admin_token: str, verifier: TokenVerifier, programme: str) -> None:
        self._admin_token = admin_token.encode()
        self._verifier = verifier
        self._programme = programme

    def read(self, authorization: str | None) -> Principal:
        """Return the caller, anonymous without a header; raise ``TokenRefused`` for a bad credential."""
        if not authorization:
            return Principal("anonymous", None, self._programme)
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise TokenRefused("only bearer tokens are known here")
        if hmac.compare_digest(token.strip().encode(), self._admin_token):
            return Principal("admin", None, self._programme)
        return self._verifier.verify(token.strip())


def current() -> Principal:
    """Return the caller of the current request."""
    principal: Principal = g.principal
    return principal


def ensure_own(person_id: str) -> None:
    """Raise a 404 problem unless the caller is this person, or an admin or service that the policy allows.

    404 and not 403, so that the answer does not reveal whether another person's id exists.
    """
    caller = current()
    if caller.kind == "anonymous" or (caller.kind == "person" and caller.person_id != person_id):
        raise problem(404, "not_found", "Not found", "There is nothing here with this id that you can see.")


def enforce() -> None:
    """Check the policy of the matched route before its view runs; the app factory registers this function."""
    if request.url_rule is None or request.endpoint is None:
        return  # an unknown route or method: Flask answers 404 or 405 by itself
    allowed = options_of(_view(request.endpoint), request.method).get("allow", ())
    try:
        g.principal = state().principals.read(request.headers.get("Authorization"))
    except TokenRefused:
        if "anyone" not in allowed:
            raise _sign_in(
                Sentence("This token is not valid any more. Please sign in again."), error="invalid_token"
            ) from None
        g.principal = state().principals.read(None)
    if "anyone" in allowed or g.principal.kind in allowed:
        return
    if g.principal.kind == "anonymous":
        raise _sign_in(Sentence("Please send a bearer token in the Authorization header."))
    raise problem(403, "not_allowed", "Not open to you", "Your token is fine, but it does not open this.")


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
