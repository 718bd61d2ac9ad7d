"""A small door of its own for the background roles: /livez, /readyz and /metrics, for whoever runs them.

It listens in a daemon thread, answers GET and HEAD only, and says nothing of a fault but its class.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.chassis.core.errors import StartRefused
from services.chassis.service.health import Health

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False


class _Quiet(WSGIRequestHandler):
    timeout = 5  # a client that says nothing does not keep a thread

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: probes come every few seconds."""


@contextmanager
def ops_endpoint(port: int, health: Health, *, host: str = "0.0.0.0") -> Iterator[int]:  # noqa: S104 - probes come from outside
    """Serve while the block runs, and give the port; does nothing for port 0. Raises StartRefused for a taken port."""
    if port == 0:
        yield 0
        return
    try:
        server = make_server(host, port, ops_app(health), server_class=_Server, handler_class=_Quiet)
    except (OSError, OverflowError) as error:
        raise StartRefused(f"OPS_PORT {port} is not free on this machine: choose another, or 0 for none") from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.5}, name="ops", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def ops_app(health: Health) -> Callable[[Environ, StartResponse], Iterable[bytes]]:
    """Return the WSGI application behind the endpoint."""

    def app(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        status, kind, body = _answer(environ.get("REQUEST_METHOD", ""), environ.get("PATH_INFO", ""), health)
        start(status, [("Content-Type", kind), ("Cache-Control", "no-store"), ("Content-Length", str(len(body)))])
        return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else body]

    return app


def _answer(method: str, path: str, health: Health) -> tuple[str, str, bytes]:
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
