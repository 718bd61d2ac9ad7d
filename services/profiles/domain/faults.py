"""Refuse what was sent when something in it has to be mended."""

from collections.abc import Iterable
from typing import Any

from services.chassis.core.errors import Invalid
from services.events.validation import Fault


def refuse_any(faults: Iterable[Fault]) -> None:
    """Raise Invalid naming every fault at once, so that a form is mended once; do nothing when there is none."""
    found = tuple(faults)
    if found:
        raise Invalid(
            "validation",
            "Some of what was sent needs another look; nothing was saved. Each entry of `errors` names its field.",
            errors=[_shown(fault) for fault in found],
        )


def _shown(fault: Fault) -> dict[str, Any]:
    """A fault as problem details list it."""
    shown: dict[str, Any] = {"field": fault.field, "message": fault.message}
    return shown | ({"nearest": list(fault.nearest)} if fault.nearest else {})
