"""All Prometheus metrics, each declared once; docs/metrics.md is generated from here.

Labels hold route templates and names from code, never ids or addresses.
"""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

REQUESTS = Counter("cairn_http_requests_total", "Requests answered", ["service", "method", "route", "status"])
DURATION = Histogram(
    "cairn_http_request_seconds",
    "Time to answer",
    ["service", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
FIELDS_DROPPED = Counter("cairn_log_fields_dropped_total", "Fields kept out of the logs because they are not listed")

OUTBOX_PUBLISHED = Counter("cairn_outbox_published_total", "Events stored by the broker.")
OUTBOX_ERRORS = Counter("cairn_outbox_errors_total", "Failed sends, which are retried.", ["error"])
OUTBOX_WAITING = Gauge("cairn_outbox_waiting", "Events not published yet.")
OUTBOX_OLDEST = Gauge("cairn_outbox_oldest_seconds", "Age of the oldest event not published yet.")

RECORDS = Counter("cairn_records_total", "Records by outcome.", ["outcome"])
DEAD_LETTERS = Counter("cairn_dead_letters_total", "Records stored as dead letters.", ["error"])
UNTRUSTED = Counter("cairn_untrusted_records_total", "Records whose signature or origin is not accepted.", ["reason"])
CONSUMER_LAG = Gauge("cairn_consumer_lag", "Records ahead of the reading position.", ["topic", "partition"])
CONSUMER_ALARM = Gauge("cairn_consumer_alarm", "1 for a partition in alarm.", ["topic", "partition"])
CONSUMER_REBUILT = Counter("cairn_consumer_rebuilt_total", "Consumers replaced because they had stalled.")
HANDLING = Histogram("cairn_record_seconds", "Time to handle one record.", ["type"])

JOBS = Counter("cairn_jobs_total", "Runs of jobs by outcome.", ["kind", "outcome"])
JOBS_GIVEN_UP = Gauge("cairn_jobs_given_up", "Jobs that were given up and wait for an operator.")
JOB_SECONDS = Histogram("cairn_job_seconds", "Time to run one job.", ["kind"])

TICKS = Counter("cairn_ticks_total", "Runs of ticks by outcome.", ["tick", "outcome"])
LEADING = Gauge("cairn_leading", "1 while this process is the leader.", ["what"])


def render() -> tuple[bytes, str]:
    """Return all metrics of this process as text, and the content type."""
    return generate_latest(), CONTENT_TYPE_LATEST
