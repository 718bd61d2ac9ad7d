"""Who may call what: every route states a policy, and a route without one keeps the app from starting.

The policy is checked before the body is read, so a stranger learns nothing from a validation message.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Literal, TypeVar

from flask import Flask, g, request

from services.chassis.identity.access_tokens import TokenRefused, TokenVerifier
from services.chassis.identity.principal import Principal
from services.chassis.web.app_state import state
from services.chassis.web.problem import problem
from services.chassis.web.view_options import facts_of, note

Who = Literal["anyone", "person", "admin", "service"]
View = TypeVar("View", bound=Callable[..., object])

_CHALLENGE = 'Bearer realm="cairn"'


class PolicyMissing(Exception):
    """A route was registered without `@allow(...)`; nobody has decided who may call it."""


def allow(*who: Who) -> Callable[[View], View]:
    """State who may call a view: `@allow("anyone")`, `@allow("person", "admin")`. Stands under `@blueprint.route`."""
    if not who:
        raise PolicyMissing("allow() needs at least one of: anyone, person, admin, service")

    def decorate(view: View) -> View:
        return note(view, allow=who)

    return decorate


class PrincipalReader:
    """Reads the Authorization header: the admin token in constant time, else a person's signed token."""

    def __init__(self, *, admin_token: str, verifier: TokenVerifier, programme: str) -> None:
        self._admin_token = admin_token.encode()
        self._verifier = verifier
        self._programme = programme

    def read(self, authorization: str | None) -> Principal:
        """Return the caller; anonymous when nothing was sent; raise `TokenRefused` for a bad credential."""
        if not authorization:
            return Principal("anonymous", None, self._programme)
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise TokenRefused("only bearer tokens are known here")
        if hmac.compare_digest(token.strip().encode(), self._admin_token):
            return Principal("admin", None, self._programme)
        return self._verifier.verify(token.strip())


def current() -> Principal:
    """Return who is asking."""
    found: Principal = g.principal
    return found


def ensure_own(person_id: str) -> None:
    """Answer 404 unless the caller is this person, or an admin or service that the route's policy let in.

    404 and not 403: whether a foreign id exists is nobody's business.
    """
    caller = current()
    if caller.kind == "anonymous" or (caller.kind == "person" and caller.person_id != person_id):
        raise problem(404, "not_found", "Not found", "There is nothing here with this id that you can see.")


def enforce() -> None:
    """Check the policy of the matched route before its view runs (registered by the app factory)."""
    if request.url_rule is None or request.endpoint is None:
        return  # an unknown route or method: the app answers 404 or 405 by itself
    who = facts_of(_view(request.endpoint), request.method).get("allow", ())
    try:
        g.principal = state().principals.read(request.headers.get("Authorization"))
    except TokenRefused:
        if "anyone" not in who:
            raise _sign_in("This token is not valid (any more). Please sign in again.", error="invalid_token") from None
        g.principal = state().principals.read(None)
    if "anyone" in who or g.principal.kind in who:
        return
    if g.principal.kind == "anonymous":
        raise _sign_in("Please send a bearer token in the Authorization header.")
    raise problem(403, "not_allowed", "Not open to you", "Your token is fine, but it does not open this.")


def _sign_in(detail: str, *, error: str | None = None) -> Exception:
    challenge = _CHALLENGE + (f', error="{error}"' if error else "")
    return problem(401, "sign_in_needed", "Please sign in", detail, headers={"WWW-Authenticate": challenge})


def _view(endpoint: str) -> object:
    from flask import current_app

    return current_app.view_functions[endpoint]


def refuse_routes_without_policy(app: Flask) -> None:
    """Raise `PolicyMissing` naming every route and method that nobody has decided about."""
    missing = [
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"OPTIONS"})
        if not facts_of(app.view_functions[rule.endpoint], method).get("allow")
    ]
    if missing:
        raise PolicyMissing("these routes have no @allow(...) policy: " + ", ".join(missing))
