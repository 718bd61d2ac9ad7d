"""What is wrong with something that was sent, said so that the sender can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.chassis.errors import Invalid


@dataclass(frozen=True)
class Fault:
    """One thing to mend: the dotted name of the field, a sentence for people, and near valid values if any."""

    field: str
    message: str
    nearest: tuple[str, ...] = ()

    def shown(self) -> dict[str, Any]:
        """Return the fault as problem details list it."""
        shown: dict[str, Any] = {"field": self.field, "message": self.message}
        if self.nearest:
            shown["nearest"] = list(self.nearest)
        return shown

    def under(self, prefix: str) -> "Fault":
        """Return the same fault for a field that lies within another (`mentee`, say)."""
        return Fault(f"{prefix}.{self.field}", self.message, self.nearest)


def refuse_any(faults: Iterable[Fault]) -> None:
    """Raise Invalid naming every fault at once, so that a form is mended once; do nothing when there is none."""
    found = tuple(faults)
    if found:
        raise Invalid(
            "validation",
            "Some of what was sent needs another look; nothing was saved. Each entry of `errors` names its field.",
            errors=[fault.shown() for fault in found],
        )
