"""A fault in a person's answers."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Fault:
    """A fault: the dotted name of the field, a sentence that says what to do, and the nearest valid values.

    The message is an English sentence that can be translated (``i18n.sentence``).
    """

    field: str
    message: str
    nearest: tuple[str, ...] = ()

    def under(self, prefix: str) -> "Fault":
        """Return the same fault for a field nested in ``prefix``, such as ``mentee``."""
        return replace(self, field=f"{prefix}.{self.field}")
