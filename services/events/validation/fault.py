"""One thing that is wrong with what somebody said."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Fault:
    """One thing to mend: the dotted name of the field, a sentence that says what to do, near valid values if any."""

    field: str
    message: str
    nearest: tuple[str, ...] = ()

    def under(self, prefix: str) -> "Fault":
        """Return the same fault for a field that lies within another (``mentee``, say)."""
        return replace(self, field=f"{prefix}.{self.field}")
