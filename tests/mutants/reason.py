"""What can be said of a survivor."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.mutants.mutant import Mutant

SOLVER = "services/matcher/solver"


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
            str(mutant.path) == f"{SOLVER}/{self.path}"
            and self.within in ("*", mutant.within)
            and self.was in ("", was)
            and self.instead in ("", mutant.instead)
        )


def said_of_all(path: str, within: str, kind: str, why: str, *faults: str | tuple[str, str]) -> Iterator[Known]:
    """The same said of several faults in one function: what was there, or that and what is there instead."""
    for one in faults:
        yield Known(path, within, kind, why, *((one,) if isinstance(one, str) else one))
