"""One log line and one measurement per request: route template, status and duration, never the requested path."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from flask import Flask, g, request

from services.chassis.core.clock import monotonic
from services.chassis.observability.metrics import DURATION, REQUESTS

log = structlog.get_logger(__name__)

_ROUTE = "chassis.route"
_REQUEST_ID = "chassis.request_id"
_UNLOGGED = ("livez", "readyz", "metrics")  # requested every few seconds
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def install(app: Flask, service: str) -> None:
    """Measure every request of ``app``, also those that reach no view. Call this before registering other steps."""
    app.before_request(_begin)
    app.wsgi_app = _Measured(app.wsgi_app, service)  # type: ignore[method-assign]


def _begin() -> None:
    g.request_id = request.environ[_REQUEST_ID]
    request.environ[_ROUTE] = request.url_rule.rule if request.url_rule else "(none)"


class _Measured:
    """WSGI middleware that logs and measures requests."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], service: str) -> None:
        self._inner = inner
        self._service = service

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        begun, observed = monotonic(), {"status": 500}
        environ[_REQUEST_ID] = secrets.token_hex(8)
        structlog.contextvars.bind_contextvars(request_id=environ[_REQUEST_ID])

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            observed["status"] = int(status.split(" ", 1)[0])
            return start_response(status, [*headers, ("X-Request-Id", environ[_REQUEST_ID])], *rest)

        try:
            return self._inner(environ, start)
        finally:
            self._report(environ, observed["status"], monotonic() - begun)
            structlog.contextvars.unbind_contextvars("request_id")

    def _report(self, environ: dict[str, Any], status: int, seconds: float) -> None:
        sent = environ.get("REQUEST_METHOD", "")
        method, route = sent if sent in _METHODS else "OTHER", environ.get(_ROUTE, "(none)")
        REQUESTS.labels(self._service, method, route, str(status)).inc()
        DURATION.labels(self._service, route).observe(seconds)
        if not route.endswith(_UNLOGGED):
            log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
