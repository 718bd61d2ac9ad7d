"""Survivors that are no gap in the tests, each with the reason."""

from pathlib import Path
from typing import NamedTuple

from tests.mutants.mutant import Mutant

DOMAIN = "services/matcher/domain"


class Known(NamedTuple):
    """Faults in one function (`*`: anywhere in the file) that are not told apart by any answer.

    `kind`: `pace`, they change how fast the answer is found and never the answer; `same`, they change nothing at all.
    `instead` and `was` narrow it to one fault; left empty, every fault of the function is meant.
    """

    path: str
    within: str
    kind: str
    why: str
    was: str = ""
    instead: str = ""

    def means(self, mutant: Mutant, text: str) -> bool:
        """Whether this is said of that fault."""
        was = " ".join(text[mutant.start : mutant.end].split())
        return (
            str(mutant.path) == f"{DOMAIN}/{self.path}"
            and self.within in ("*", mutant.within)
            and self.was in ("", was)
            and self.instead in ("", mutant.instead)
        )


KNOWN: tuple[Known, ...] = (
    Known("solve/keep.py", "*", "pace", "how long the lists are; shorter ones cost a round of pricing"),
    Known("assignment/strategy.py", "*", "pace", "where epsilon starts and how it falls"),
)


def known(mutant: Mutant, root: Path) -> Known | None:
    """What is known about a fault, if anything."""
    text = (root / mutant.path).read_text(encoding="utf-8")
    return next((one for one in KNOWN if one.means(mutant, text)), None)
