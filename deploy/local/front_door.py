"""A reverse proxy with one address: forward each request to the service that owns its first path segment.

For one machine only; in production an ingress does this. ``TARGETS`` contains the addresses of the services.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.middleware.http_proxy import ProxyMiddleware
from werkzeug.wrappers import Response

from deploy.local.layout import FRONT, ROUTES
from services.chassis.service.serve import serve

_AWAY = "This part of Cairn is starting or taking a short break. Please wait a moment and try again.\n"
ALIVE = "/front-door/livez"


class FrontDoor:
    """A WSGI application that forwards requests, and answers 503 when a service is unavailable.

    ``targets`` are the addresses of the services. The path is forwarded unchanged (with its RFC 3986 escapes);
    X-Forwarded-For and X-Forwarded-Proto are set here and never taken from the caller.
    """

    def __init__(self, targets: Mapping[str, str]) -> None:
        self._proxy = ProxyMiddleware(Response("not found\n", status=404), {}, timeout=60)
        self._options: dict[str, dict[str, Any]] = {
            service: {"target": target, "remove_prefix": False, "host": None, "headers": {}, "ssl_context": None}
            for service, target in targets.items()
        }

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        path = environ.get("RAW_URI", environ["PATH_INFO"]).split("?", 1)[0]
        if path == ALIVE:
            return Response("ok\n", mimetype="text/plain")(environ, start_response)
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            environ["CONTENT_LENGTH"] = ""  # the proxy then forwards the body in chunks as well
        environ["HTTP_X_FORWARDED_FOR"] = environ.get("REMOTE_ADDR", "")
        environ["HTTP_X_FORWARDED_PROTO"] = environ["wsgi.url_scheme"]
        service = ROUTES.get(path.lstrip("/").split("/", 1)[0], FRONT)
        answer = Response.from_app(self._proxy.proxy_to(self._options[service], path, "/"), environ)
        if answer.status_code == 502:
            answer = Response(_AWAY, status=503, mimetype="text/plain", headers={"Retry-After": "2"})
        return answer(environ, start_response)


def open_front_door() -> int:
    """Serve with TARGETS, HOST and PORT from the environment until a signal; return the exit code."""
    targets = dict(pair.split("=", 1) for pair in os.environ["TARGETS"].split(","))
    serve(lambda: FrontDoor(targets), host=os.environ["HOST"], port=int(os.environ["PORT"]), threads=32)
    return 0
