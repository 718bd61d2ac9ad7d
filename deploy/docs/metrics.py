"""``docs/metrics.md``: every metric, from the one module that declares them."""

from prometheus_client.metrics import MetricWrapperBase

from services.chassis.observability import metrics

_HEAD = """# Metrics

Every process serves these at `/metrics` on its `OPS_PORT`, and changes those of its own work.
To watch: [operations](operations.md).
This page is made from `services/chassis/observability/metrics.py` by `make docs`; do not edit it.

| metric | type | labels | meaning |
|---|---|---|---|
"""


def metrics_page() -> str:
    """Return the page, in the order of declaration."""
    return _HEAD + "".join(f"{_row(metric)}\n" for metric in declared_metrics())


def declared_metrics() -> list[MetricWrapperBase]:
    """Return every metric of the module, in the order of declaration."""
    return [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]


def metric_name(metric: MetricWrapperBase) -> str:
    """Return the name as Prometheus shows it: that of a counter ends in ``_total``."""
    described = next(iter(metric.describe()))
    return f"{described.name}_total" if described.type == "counter" else described.name


def _row(metric: MetricWrapperBase) -> str:
    described = next(iter(metric.describe()))
    labels = ", ".join(f"`{label}`" for label in metric._labelnames)
    return f"| `{metric_name(metric)}` | {described.type} | {labels} | {described.documentation.rstrip('.')} |"
