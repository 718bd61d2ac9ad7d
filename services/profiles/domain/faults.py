"""Refuse input that has faults."""

from collections.abc import Iterable
from typing import Any

from services.chassis.core.errors import Invalid
from services.events.validation import Fault


def refuse_any(faults: Iterable[Fault]) -> None:
    """Raise Invalid naming every fault, so that a form is corrected once; do nothing when there is none."""
    listed = tuple(faults)
    if listed:
        raise Invalid(
            "validation",
            "Please look at some fields again; `errors` names them. Nothing was saved.",
            errors=[_problem_entry(fault) for fault in listed],
        )


def _problem_entry(fault: Fault) -> dict[str, Any]:
    """Return a fault as an entry of the problem details."""
    entry: dict[str, Any] = {"field": fault.field, "message": fault.message}
    return entry | ({"nearest": list(fault.nearest)} if fault.nearest else {})
