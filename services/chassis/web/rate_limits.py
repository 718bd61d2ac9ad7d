"""Rate limits: every request is counted, per person and per network (see ``rate_limit_counts`` for where).

- ``caller``, under the scope of the token, which all tokens of a person share: ``RATE_LIMIT``
- ``network``, without a valid token and on routes open to anyone: ``ANONYMOUS_RATE_LIMIT``
- a route's own, under both, for a route with ``@limited``
- ``failures``, under the network, for refused tokens and links (``guesses``): ``FAILURE_LIMIT``
- ``address``, under the mail address in a body (``limit_address``): ``ADDRESS_LIMIT``

A network is an IPv4 address or an IPv6 /64. Networks and mail addresses are stored only as keyed hashes. Above a limit
the answer is 429 with Retry-After. Failures never block a caller with a valid token, except where links are tried.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItem, parse_many
from werkzeug.exceptions import HTTPException, TooManyRequests

from services.chassis.identity.principal import Principal
from services.chassis.service.service_settings import ServiceSettings
from services.chassis.web import access_policy
from services.chassis.web.app_state import state
from services.chassis.web.rate_limit_counts import LimitCounts
from services.chassis.web.view_options import options_of, set_options

View = TypeVar("View", bound=Callable[..., Any])

_KEY = "rate limits"
_REFUSED_LINK = (401, 404, 410)


def limited(rate: str = "", *, setting: str = "") -> Callable[[View], View]:
    """Limit a view further than by default: ``@limited("30 per minute")``, or a rate from a setting."""

    def decorate(view: View) -> View:
        return set_options(view, limit=(rate, setting))

    return decorate


def guesses(view: View) -> View:
    """Count refusals of a view as failed authentications: its body proves who the caller is.

    Routes with a ``token`` in their path are counted so without this.
    """
    return set_options(view, guesses=True)


def limit_address(address: str) -> None:
    """Count a request for a mail to ``address``; raise 429 above the limit, whether the address is known or not.

    A part after a plus sign does not count: ``sam+1@example.org`` reaches ``sam@example.org`` at most providers.
    """
    local, _, domain = address.strip().casefold().rpartition("@")
    _limits().hit("address", _hashed(f"mail:{local.partition('+')[0]}@{domain}"), _limits().address)


@dataclass(frozen=True, kw_only=True)
class _Limits:
    """The limits of one app, and what it has counted."""

    name: str
    counts: LimitCounts
    caller: list[RateLimitItem]
    anonymous: list[RateLimitItem]
    failures: list[RateLimitItem]
    address: list[RateLimitItem]
    own: Mapping[tuple[str, str], list[RateLimitItem]]

    def hit(self, bucket: str, key: str, items: list[RateLimitItem]) -> None:
        """Count a request; raise TooManyRequests above the limit, and note the tightest limit for the headers."""
        for item in items:
            name = self._name(bucket, key, item)
            count = self.counts.incr(name, item.get_expiry())
            _note(bucket, item, count, self.counts.local_end(name))
            if count > item.amount:
                raise TooManyRequests(retry_after=_seconds_until(self.counts.get_expiry(name)))

    def refuse_above(self, bucket: str, key: str, items: list[RateLimitItem]) -> None:
        """Raise TooManyRequests when a limit is used up, without counting."""
        for item in items:
            name = self._name(bucket, key, item)
            if self.counts.get(name) >= item.amount:
                raise TooManyRequests(retry_after=_seconds_until(self.counts.get_expiry(name)))

    def _name(self, bucket: str, key: str, item: RateLimitItem) -> str:
        return f"limits:{self.name}/{bucket}/{key}/{item.amount}/{item.get_expiry()}"


def admit() -> None:
    """Authenticate the caller, check the policy of the route, and count the request, before its view runs."""
    refused = _refused()
    limits, network = _limits(), _network_key()
    principal: Principal | None = g.get("principal")
    known = None if principal is None or principal.kind == "anonymous" else principal.scope
    if known is None and "Authorization" in request.headers and request.url_rule is not None:
        limits.hit("failures", network, limits.failures)
    if _is_guess():
        limits.refuse_above("failures", network, limits.failures)
    if known is None or _open_to_anyone():
        limits.hit("network", network, limits.anonymous)
        limits.hit(f"own {request.url_rule}", network, _own_limits(limits))
    if known is not None:
        limits.hit("caller", known, limits.caller)
        limits.hit(f"own {request.url_rule}", known, _own_limits(limits))
    if refused is not None:
        raise refused


def _refused() -> HTTPException | None:
    """Authenticate the caller; return what one gets whom the policy refuses, who is counted all the same."""
    try:
        access_policy.enforce()
    except HTTPException as refused:
        return refused
    return None


def install(app: Flask, name: str, settings: ServiceSettings) -> None:
    """Set the limits of an app; call this after all routes are registered. ``admit`` counts."""
    app.extensions[_KEY] = _Limits(
        name=name,
        counts=LimitCounts(settings.redis_url),
        caller=parse_many(settings.rate_limit),
        anonymous=parse_many(settings.anonymous_rate_limit),
        failures=parse_many(settings.failure_limit),
        address=parse_many(settings.address_limit),
        own=dict(_own_rates(app, settings)),
    )
    app.after_request(_count_refused_link)
    app.after_request(_show_limit)


def _own_rates(app: Flask, settings: ServiceSettings) -> Iterator[tuple[tuple[str, str], list[RateLimitItem]]]:
    for rule in app.url_map.iter_rules():
        for method in rule.methods or ():
            rate, setting = options_of(app.view_functions[rule.endpoint], method).get("limit", ("", ""))
            if rate or setting:
                yield (rule.endpoint, method), parse_many(rate or getattr(settings, setting))


def _limits() -> _Limits:
    limits: _Limits = current_app.extensions[_KEY]
    return limits


def _own_limits(limits: _Limits) -> list[RateLimitItem]:
    return limits.own.get((request.endpoint or "", request.method), [])


def _options() -> Mapping[str, Any]:
    view = current_app.view_functions.get(request.endpoint or "")
    return {} if view is None else options_of(view, request.method)


def _open_to_anyone() -> bool:
    return "anyone" in _options().get("allow", ("anyone",))


def _is_guess() -> bool:
    return "token" in (request.view_args or {}) or bool(_options().get("guesses"))


def _network_key() -> str:
    return _hashed(f"network:{_network(request.remote_addr)}")


def _network(address: str | None) -> str:
    """Return the network of a caller: an IPv4 address, or an IPv6 /64; "unknown" for what is no address."""
    try:
        read = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(read, ipaddress.IPv4Address):
        return str(read)
    return str(read.ipv4_mapped or ipaddress.ip_network((read, 64), strict=False).network_address)


def _hashed(text: str) -> str:
    return hmac.new(state().secrets[0].encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:24]


def _seconds_until(moment: float) -> int:
    return max(1, math.ceil(moment - time.time()))


def _note(bucket: str, item: RateLimitItem, count: int, end: float) -> None:
    """Keep the limit with the fewest requests left, for the headers of the answer."""
    left = max(0, item.amount - count)
    if bucket in ("address", "failures"):
        return  # their counts say what others did
    if "rate_limit" not in g or left < g.rate_limit[0]:
        g.rate_limit = (left, bucket.partition(" ")[0], item, _seconds_until(end))


def _show_limit(response: Response) -> Response:
    """Add the headers of draft-ietf-httpapi-ratelimit-headers for the tightest limit that counted this request."""
    if "rate_limit" in g:
        left, name, item, seconds = g.rate_limit
        response.headers["RateLimit-Policy"] = f'"{name}";q={item.amount};w={item.get_expiry()}'
        response.headers["RateLimit"] = f'"{name}";r={left};t={seconds}'
    return response


def _count_refused_link(response: Response) -> Response:
    """Count a refused link or code as a failed authentication of its network."""
    if response.status_code in _REFUSED_LINK and request.url_rule is not None and _is_guess():
        limits = _limits()
        with suppress(TooManyRequests):  # the next one is refused
            limits.hit("failures", _network_key(), limits.failures)
    return response
