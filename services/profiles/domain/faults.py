"""Refuse input that has faults."""

from collections.abc import Iterable

from services.chassis.core.errors import Invalid
from services.events.validation import Fault


def refuse_any(faults: Iterable[Fault]) -> None:
    """Raise Invalid naming every fault, so that a form is corrected once; do nothing when there is none."""
    listed = tuple(faults)
    if listed:
        raise Invalid(
            "validation",
            "Please look at some fields again; `errors` names them. Nothing was saved.",
            errors=[{"field": fault.field, "message": fault.message} for fault in listed],
        )
