"""Rate limits per route, counted in Redis and in the process (see `limit_counts`)."""

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
from services.chassis.web.view_options import facts_of, note

View = TypeVar("View", bound=Callable[..., Any])


def limited(rate: str = "", *, setting: str = "") -> Callable[[View], View]:
    """Limit how often one caller may call a view: `@limited("30 per minute")`, or by the name of a setting.

    A caller is a person by token, else a network address (kept as a keyed hash only). Too often answers 429 with
    Retry-After.
    """

    def decorate(view: View) -> View:
        return note(view, limit=(rate, setting))

    return decorate


def caller() -> str:
    """Return who is counted, without keeping an address in clear: addresses of one IPv6 network count as one."""
    who = current()
    if who.person_id is not None:
        return who.scope
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - a stand-in, nothing is bound
    if address.version == 6:
        address = ipaddress.ip_network((address, 64), strict=False).network_address
    return hmac.new(state().secret.encode(), f"address:{address}".encode(), hashlib.sha256).hexdigest()[:24]


def install(app: Flask, name: str, settings: ServiceSettings) -> Limiter:
    """Count calls of the views that asked for it; call after all routes are registered."""
    app.after_request(_only_when_refused)  # registered first, so it runs after the limiter's own
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
            limit = facts_of(app.view_functions[rule.endpoint], method).get("limit")
            if limit is not None and method != "HEAD":
                rate = limit[0] or getattr(settings, limit[1])
                view = app.view_functions[rule.endpoint]
                app.view_functions[rule.endpoint] = _kept(view, limiter.limit(rate, methods=[method])(view))
    return limiter


def _only_when_refused(response: Response) -> Response:
    """The limiter says Retry-After on every answer; where nothing was refused it would only confuse."""
    if response.status_code < 400:
        response.headers.pop("Retry-After", None)
    return response


def _kept(view: Any, wrapped: Any) -> Any:
    """Keep what the class-based view says about itself on its wrapper, for whoever reads facts later."""
    if hasattr(view, "view_class"):
        wrapped.view_class = view.view_class
    return wrapped
