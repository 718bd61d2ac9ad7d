"""Prometheus metrics of HTTP and logs; labels are route templates and codes, never ids or addresses."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest

REQUESTS = Counter("cairn_http_requests_total", "Requests answered", ["service", "method", "route", "status"])
DURATION = Histogram(
    "cairn_http_request_seconds",
    "Time to answer",
    ["service", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
FIELDS_DROPPED = Counter("cairn_log_fields_dropped_total", "Fields kept out of the logs because they are not listed")


def render() -> tuple[bytes, str]:
    """Return all metrics of this process as text, and the content type."""
    return generate_latest(), CONTENT_TYPE_LATEST
