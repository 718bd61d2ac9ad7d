"""Prometheus metrics of the background roles. Labels hold names from code, never ids of people.

Kept apart from the loops so that all metrics can be found in one place.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

OUTBOX_PUBLISHED = Counter("cairn_outbox_published_total", "Events stored by the broker.")
OUTBOX_ERRORS = Counter("cairn_outbox_errors_total", "Failed sends, which are retried.", ["error"])
OUTBOX_WAITING = Gauge("cairn_outbox_waiting", "Events not published yet.")
OUTBOX_OLDEST = Gauge("cairn_outbox_oldest_seconds", "Age of the oldest event not published yet.")

RECORDS = Counter("cairn_records_total", "Records by outcome.", ["outcome"])
DEAD_LETTERS = Counter("cairn_dead_letters_total", "Records stored as dead letters.", ["error"])
CONSUMER_LAG = Gauge("cairn_consumer_lag", "Records ahead of the reading position.", ["topic", "partition"])
CONSUMER_ALARM = Gauge("cairn_consumer_alarm", "1 for a partition in alarm.", ["topic", "partition"])
CONSUMER_REBUILT = Counter("cairn_consumer_rebuilt_total", "Consumers replaced because they had stalled.")
HANDLING = Histogram("cairn_record_seconds", "Time to handle one record.", ["type"])

JOBS = Counter("cairn_jobs_total", "Runs of jobs by outcome.", ["kind", "outcome"])
JOBS_GIVEN_UP = Gauge("cairn_jobs_given_up", "Jobs that were given up and wait for an operator.")
JOB_SECONDS = Histogram("cairn_job_seconds", "Time to run one job.", ["kind"])

TICKS = Counter("cairn_ticks_total", "Runs of ticks by outcome.", ["tick", "outcome"])
LEADING = Gauge("cairn_leading", "1 while this process is the leader.", ["what"])
