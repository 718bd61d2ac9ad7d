"""Rate limits per route, counted in Redis and in the process (see ``rate_limit_counts``)."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, request
from flask_limiter import Limiter

from services.chassis.service.service_settings import ServiceSettings
from services.chassis.web.access_policy import current
from services.chassis.web.app_state import state
from services.chassis.web.rate_limit_counts import storage_address
from services.chassis.web.view_options import options_of, set_options

View = TypeVar("View", bound=Callable[..., Any])


def limited(rate: str = "", *, setting: str = "") -> Callable[[View], View]:
    """Limit how often one caller may call a view: ``@limited("30 per minute")``, or a rate from a setting.

    A caller is a person by token, else a network address (stored only as a keyed hash). Above the limit the answer is
    429 with Retry-After.
    """

    def decorate(view: View) -> View:
        return set_options(view, limit=(rate, setting))

    return decorate


def caller() -> str:
    """Return the key under which a caller is counted: a person's scope, or the hash of an address.

    All addresses of one IPv6 /64 network count as one.
    """
    principal = current()
    if principal.person_id is not None:
        return principal.scope
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - a stand-in, nothing is bound
    if address.version == 6:
        address = ipaddress.ip_network((address, 64), strict=False).network_address
    return hmac.new(state().secrets[0].encode(), f"address:{address}".encode(), hashlib.sha256).hexdigest()[:24]


def install(app: Flask, name: str, settings: ServiceSettings) -> Limiter:
    """Count calls of the limited views; call this after all routes are registered."""
    app.after_request(_drop_retry_after)  # registered first, so it runs after the limiter's own step
    limiter = Limiter(
        caller,
        app=app,
        storage_uri=storage_address(settings.redis_url),
        strategy="fixed-window",
        headers_enabled=True,
        retry_after="delta-seconds",
        key_prefix=f"limits:{name}",
    )
    for rule in app.url_map.iter_rules():
        for method in rule.methods or ():
            limit = options_of(app.view_functions[rule.endpoint], method).get("limit")
            if limit is not None and method != "HEAD":
                rate = limit[0] or getattr(settings, limit[1])
                view = app.view_functions[rule.endpoint]
                app.view_functions[rule.endpoint] = _with_view_class(view, limiter.limit(rate, methods=[method])(view))
    return limiter


def _drop_retry_after(response: Response) -> Response:
    """Remove Retry-After from successful answers: the limiter adds it to every answer."""
    if response.status_code < 400:
        response.headers.pop("Retry-After", None)
    return response


def _with_view_class(view: Any, wrapped: Any) -> Any:
    """Copy ``view_class`` to the wrapper, since ``options_of`` reads it; return the wrapper."""
    if hasattr(view, "view_class"):
        wrapped.view_class = view.view_class
    return wrapped
