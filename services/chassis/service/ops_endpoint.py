"""The HTTP endpoint of every process for operators: ``/livez``, ``/readyz`` and ``/metrics`` on a port of their own.

It listens in a daemon thread, answers only GET and HEAD, and shows only the class of an error.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.chassis.core.errors import StartRefused
from services.chassis.service.health import Health
from services.chassis.service.service_settings import ServiceSettings

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False


class _Server6(_Server):
    address_family = socket.AF_INET6


class _SilentHandler(WSGIRequestHandler):
    timeout = 5  # a client that sends nothing must not occupy a thread

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Log nothing: probes come every few seconds."""


def start_ops_endpoint(settings: ServiceSettings, health: Health) -> WSGIServer | None:
    """Serve on OPS_HOST:OPS_PORT until the process ends or the result is shut down; return None for port 0.

    Raises StartRefused for a port that is taken.
    """
    if settings.ops_port == 0:
        return None
    host = settings.ops_host or settings.host
    server_class = _Server6 if ":" in host else _Server
    try:
        server = make_server(
            host, settings.ops_port, ops_app(health), server_class=server_class, handler_class=_SilentHandler
        )
    except (OSError, OverflowError) as error:
        raise StartRefused(
            f"OPS_PORT {settings.ops_port} cannot be used on {host} ({type(error).__name__}): "
            "it may be taken; choose another, or 0 for none"
        ) from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.5}, name="ops", daemon=True)
    thread.start()
    return server


@contextmanager
def ops_endpoint(settings: ServiceSettings, health: Health) -> Iterator[None]:
    """Serve while the block runs, like ``start_ops_endpoint``."""
    server = start_ops_endpoint(settings, health)
    try:
        yield
    finally:
        if server is not None:
            server.shutdown()
            server.server_close()


def ops_app(health: Health) -> Callable[[Environ, StartResponse], Iterable[bytes]]:
    """Return the WSGI application behind the endpoint."""

    def app(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        status, content_type, body = _respond(environ.get("REQUEST_METHOD", ""), environ.get("PATH_INFO", ""), health)
        headers = [("Content-Type", content_type), ("Cache-Control", "no-store"), ("Content-Length", str(len(body)))]
        start(status, headers)
        return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else body]

    return app


def _respond(method: str, path: str, health: Health) -> tuple[str, str, bytes]:
    if method not in {"GET", "HEAD"}:
        return "405 Method Not Allowed", "text/plain", b"only GET here\n"
    if path == "/livez":
        return "200 OK", "application/json", b'{"status": "ok"}\n'
    if path == "/readyz":
        status, details = health.report()
        body = json.dumps({"status": status, "checks": dict(details)}).encode() + b"\n"
        return ("503 Service Unavailable" if status == "unready" else "200 OK"), "application/json", body
    if path == "/metrics":
        return "200 OK", CONTENT_TYPE_LATEST, generate_latest()
    return "404 Not Found", "text/plain", b"/livez, /readyz or /metrics\n"
