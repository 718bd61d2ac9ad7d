"""A fault in a person's answers."""

from dataclasses import dataclass, replace

from services.chassis.i18n.sentence import advise


@dataclass(frozen=True)
class Fault:
    """A fault: the dotted name of the field, and a sentence that says what to do.

    The message is an English sentence that can be translated (``i18n.sentence``); a ``Hint`` knows the nearest valid
    values.
    """

    field: str
    message: str

    @property
    def nearest(self) -> tuple[str, ...]:
        """Return the nearest valid values, looked up now."""
        return advise(self.message)[1]

    def under(self, prefix: str) -> "Fault":
        """Return the same fault for a field nested in ``prefix``, such as ``mentee``."""
        return replace(self, field=f"{prefix}.{self.field}")
