"""One planted fault."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """A file with characters ``start`` to ``end`` replaced; ``within`` names the function around them."""

    path: Path  # relative to the project's root
    line: int
    within: str
    start: int
    end: int
    instead: str

    def of(self, text: str) -> str:
        """Return the text of the file with the fault in it."""
        return text[: self.start] + self.instead + text[self.end :]

    def describe(self, text: str) -> str:
        """Return the place of the fault and its change, for printing."""
        was = " ".join(text[self.start : self.end].split()) or "(nothing)"
        return f"{self.path}:{self.line} {self.within}: {was}  ->  {self.instead or '(nothing)'}"
