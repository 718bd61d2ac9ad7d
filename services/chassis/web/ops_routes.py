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
    """Return ``/livez``, ``/readyz`` and ``/metrics``, each also under ``/{name}``.

    ``/metrics`` is for the internal network; ``/{name}/metrics`` needs the permission ``metrics:read``.
    """
    routes = Blueprint("ops", __name__)

    @routes.get("/livez")
    @routes.get(f"/{name}/livez")
    @allow("anyone")
    def livez() -> Response:
        return jsonify(status="ok")

    @routes.get("/readyz")
    @routes.get(f"/{name}/readyz")
    @allow("anyone")
    def readyz() -> tuple[Response, int]:
        status, details = health.report()
        return jsonify(status=status, checks=details), 503 if status == "unready" else 200

    @routes.get("/metrics")
    @allow("anyone")
    def figures() -> Response:
        text, content_type = metrics.render()
        return Response(text, content_type=content_type)

    @routes.get(f"/{name}/metrics")
    @allow("metrics:read")
    def figures_through_the_front_door() -> Response:
        return figures()

    return routes
