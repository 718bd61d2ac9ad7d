"""Reasons why a survivor does not matter."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.mutants.mutant import Mutant

SOLVER = "services/matcher/solver"


class Known(NamedTuple):
    """Faults in one function (``*``: anywhere in the file) that change no result.

    ``kind`` is ``pace`` (they change the time, never the result) or ``same`` (they change nothing). ``was`` and
    ``instead`` narrow it to one fault; if empty, every fault of the function is meant.
    """

    path: str
    within: str
    kind: str
    why: str
    was: str = ""
    instead: str = ""

    def means(self, mutant: Mutant, text: str) -> bool:
        """Return whether this entry covers a fault in ``text``."""
        was = " ".join(text[mutant.start : mutant.end].split())
        return (
            str(mutant.path) == f"{SOLVER}/{self.path}"
            and self.within in ("*", mutant.within)
            and self.was in ("", was)
            and self.instead in ("", mutant.instead)
        )


def known_faults(path: str, within: str, kind: str, why: str, *faults: str | tuple[str, str]) -> Iterator[Known]:
    """Yield an entry for each of several faults in one function: ``was``, or (``was``, ``instead``)."""
    for fault in faults:
        yield Known(path, within, kind, why, *((fault,) if isinstance(fault, str) else fault))
