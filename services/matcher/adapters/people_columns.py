"""How the columns of other people's tables become ours: renamed, left out, or filled in for everybody.

Names are compared without case, spaces and punctuation, and with or without a last ``s``: ``Diabetes types`` is
``diabetes_type`` among mentees and ``diabetes_types`` among mentors.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.events.vocabulary import spelling


@dataclass(frozen=True)
class Columns:
    """What is said about the columns of both tables; all names are compared loosely.

    ``renamed``: ours by theirs. ``ignore_unknown``: columns that are not ours are left out. ``defaults``: the cell of
    everybody who has none, by our column.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    ignore_unknown: bool = False
    defaults: Mapping[str, str] = field(default_factory=dict)

    def unknown(self, *tables: Iterable[str]) -> list[str]:
        """What ``renamed`` and ``defaults`` call ours, and neither table has; ``id`` is nobody's default."""
        ours = [_Names(known) for known in tables]
        told = [*self.renamed.values(), *self.defaults]
        lost = [name for name in told if not any(one.find(name) for one in ours)]
        return lost + [name for name in self.defaults if any(one.find(name) == "id" for one in ours)]

    def unused(self, *headers: Sequence[str]) -> list[str]:
        """The columns in ``renamed`` that no header has."""
        there = {spelling(name) for header in headers for name in header}
        return [theirs for theirs in self.renamed if spelling(theirs) not in there]


class HeadFault(NamedTuple):
    """What is wrong with a header: the columns it is about, and a sentence."""

    columns: str
    message: str


@dataclass(frozen=True)
class Head:
    """A header, read: ``names`` has our name of each column, None for one that is left out."""

    names: tuple[str | None, ...]
    filled: Mapping[str, str]  # the cell of everybody who has none, by our column
    faults: tuple[HeadFault, ...]

    def cells(self, line: Sequence[str]) -> dict[str, str]:
        """A line's cells by our names; those of a column that is not there are not there either."""
        told = {name: "" for name in self.names if name} | dict(self.filled)
        return told | {name: cell for name, cell in zip(self.names, line, strict=False) if name and cell}


def read_head(header: Sequence[str], kind: str, known: Sequence[str], required: Sequence[str], wanted: Columns) -> Head:
    """Find our names of the columns of a table of ``kind``; empty columns at the end are not columns."""
    ours = _Names(known)
    renamed = {spelling(theirs): name for theirs, name in wanted.renamed.items()}
    told = list(header[: 1 + max((at for at, name in enumerate(header) if name), default=-1)])
    names = tuple(ours.find(renamed.get(spelling(name), name)) for name in told)
    filled = {name: cell for named, cell in wanted.defaults.items() if (name := ours.find(named))}
    unknown = [name or f"column {at}" for at, (name, our) in enumerate(zip(told, names, strict=True), 1) if our is None]
    missing = [name for name in required if name not in names and name not in filled]
    faults = [] if wanted.ignore_unknown else _unknown(unknown, kind, known)
    return Head(names, filled, (*faults, *_twice(told, names), *_missing(missing)))


class _Names:
    """Our names of columns, found by how people may write them."""

    def __init__(self, known: Iterable[str]) -> None:
        names = list(known)
        self._by_spelling = {spelling(_other_number(name)): name for name in names}
        self._by_spelling |= {spelling(name): name for name in names}

    def find(self, told: str) -> str | None:
        return self._by_spelling.get(spelling(told))


def _other_number(name: str) -> str:
    return name[:-1] if name.endswith("s") else f"{name}s"


def _unknown(unknown: Sequence[str], kind: str, known: Sequence[str]) -> list[HeadFault]:
    """All columns that are not ours, and the list of ours once."""
    if not unknown:
        return []
    are = "are not columns" if len(unknown) > 1 else "is not a column"
    cures = (
        "Say what each is (--map, in Python columns=), or leave out what is not needed "
        "(--ignore-unknown, in Python ignore_unknown=True)"
    )
    return [HeadFault(", ".join(unknown), f"{are} of {kind}. {cures}. The columns are: {', '.join(known)}")]


def _twice(told: Sequence[str], names: Sequence[str | None]) -> list[HeadFault]:
    """Columns that come to the same one of ours."""
    by_name: dict[str, list[str]] = {}
    for theirs, name in zip(told, names, strict=True):
        if name is not None:
            by_name.setdefault(name, []).append(theirs)
    return [HeadFault(name, _twice_told(name, all_)) for name, all_ in by_name.items() if len(all_) > 1]


def _twice_told(name: str, theirs: Sequence[str]) -> str:
    other = [one for one in theirs if one != name]
    return f"is there twice{', as ' + ' and '.join(map(repr, theirs)) if other else ''}"


def _missing(names: Sequence[str]) -> list[HeadFault]:
    """Needed columns; only ``id`` cannot be the same for everybody."""
    others = [name for name in names if name != "id"]
    are = "are missing" if len(others) > 1 else "is missing"
    cure = "What is the same for everybody may be said once (--default, in Python defaults=)"
    told = [HeadFault("id", "is missing. Any column that names each person once will do")] if "id" in names else []
    return told + ([HeadFault(", ".join(others), f"{are}. {cure}")] if others else [])
