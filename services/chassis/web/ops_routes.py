"""Routes for operators: liveness, readiness and metrics."""

from __future__ import annotations

from typing import Protocol

from flask import Blueprint, Response, jsonify

from services.chassis.observability import metrics
from services.chassis.web.access_policy import allow


class HealthLike(Protocol):
    """Reports whether a service can do its work."""

    def report(self) -> tuple[str, object]:
        """Return "ok", "degraded" or "unready", and the result of each check."""
        ...


def ops_routes(name: str, health: HealthLike) -> Blueprint:
    """Return ``/{name}/livez`` and ``/{name}/readyz`` for anyone, and ``/{name}/metrics`` for ``metrics:read``.

    ``/livez``, ``/readyz`` and ``/metrics`` themselves exist only on the port for operators (``ops_endpoint``).
    """
    routes = Blueprint("ops", __name__)

    @routes.get(f"/{name}/livez")
    @allow("anyone")
    def livez() -> Response:
        return jsonify(status="ok")

    @routes.get(f"/{name}/readyz")
    @allow("anyone")
    def readyz() -> tuple[Response, int]:
        status, details = health.report()
        return jsonify(status=status, checks=details), 503 if status == "unready" else 200

    @routes.get(f"/{name}/metrics")
    @allow("metrics:read")
    def figures() -> Response:
        text, content_type = metrics.render()
        return Response(text, content_type=content_type)

    return routes
