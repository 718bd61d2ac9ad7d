"""Map the columns of a table to ours: rename them, ignore unknown ones, fill in defaults.

Names are compared without case, spaces and punctuation, and with or without a last ``s``: ``Diabetes types`` is
``diabetes_type`` among mentees and ``diabetes_types`` among mentors.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.events.vocabulary import spelling


@dataclass(frozen=True)
class Columns:
    """Options for the columns of both tables; all names are compared loosely.

    ``renamed``: our name by the table's name. ``ignore_unknown``: ignore other columns. ``defaults``: by our name, the
    cell of everyone who has none.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    ignore_unknown: bool = False
    defaults: Mapping[str, str] = field(default_factory=dict)

    def unknown(self, *tables: Iterable[str]) -> list[str]:
        """Return names in ``renamed`` and ``defaults`` that no table has; ``id`` cannot have a default."""
        ours = [_Names(known) for known in tables]
        targets = [*self.renamed.values(), *self.defaults]
        unknown = [name for name in targets if not any(names.find(name) for names in ours)]
        return unknown + [name for name in self.defaults if any(names.find(name) == "id" for names in ours)]

    def unused(self, *headers: Sequence[str]) -> list[str]:
        """Return the columns in ``renamed`` that no header has."""
        present = {spelling(name) for header in headers for name in header}
        return [source for source in self.renamed if spelling(source) not in present]


class HeadFault(NamedTuple):
    """A fault of a header: the columns concerned, and a sentence."""

    columns: str
    message: str


@dataclass(frozen=True)
class Head:
    """A header that was read: ``names`` has our name of each column, None for an ignored one."""

    names: tuple[str | None, ...]
    filled: Mapping[str, str]  # by our name, the cell of everyone who has none
    faults: tuple[HeadFault, ...]

    def cells(self, line: Sequence[str]) -> dict[str, str]:
        """Return a line's cells by our names; missing columns are left out."""
        defaults = {name: "" for name in self.names if name} | dict(self.filled)
        return defaults | {name: cell for name, cell in zip(self.names, line, strict=False) if name and cell}


def read_head(header: Sequence[str], kind: str, known: Sequence[str], required: Sequence[str], wanted: Columns) -> Head:
    """Return the header of a table of ``kind`` with our names; empty columns at the end are ignored."""
    ours = _Names(known)
    renamed = {spelling(source): name for source, name in wanted.renamed.items()}
    columns = list(header[: 1 + max((at for at, name in enumerate(header) if name), default=-1)])
    names = tuple(ours.find(renamed.get(spelling(name), name)) for name in columns)
    filled = {name: cell for named, cell in wanted.defaults.items() if (name := ours.find(named))}
    unknown = [
        name or f"column {at}" for at, (name, our) in enumerate(zip(columns, names, strict=True), 1) if our is None
    ]
    missing = [name for name in required if name not in names and name not in filled]
    faults = [] if wanted.ignore_unknown else _unknown(unknown, kind, known)
    return Head(names, filled, (*faults, *_repeated(columns, names), *_missing(missing)))


class _Names:
    """Our column names, looked up by any accepted spelling."""

    def __init__(self, known: Iterable[str]) -> None:
        names = list(known)
        self._by_spelling = {spelling(_other_number(name)): name for name in names}
        self._by_spelling |= {spelling(name): name for name in names}

    def find(self, name: str) -> str | None:
        return self._by_spelling.get(spelling(name))


def _other_number(name: str) -> str:
    return name[:-1] if name.endswith("s") else f"{name}s"


def _unknown(unknown: Sequence[str], kind: str, known: Sequence[str]) -> list[HeadFault]:
    """Return one fault for all columns that are not ours, with the list of ours."""
    if not unknown:
        return []
    are = "are not columns" if len(unknown) > 1 else "is not a column"
    cures = (
        "Say what each is (--map, in Python columns=), or leave out what is not needed "
        "(--ignore-unknown, in Python ignore_unknown=True)"
    )
    return [HeadFault(", ".join(unknown), f"{are} of {kind}. {cures}. The columns are: {', '.join(known)}")]


def _repeated(columns: Sequence[str], names: Sequence[str | None]) -> list[HeadFault]:
    """Return a fault for each of our columns that several columns map to."""
    by_name: dict[str, list[str]] = {}
    for column, name in zip(columns, names, strict=True):
        if name is not None:
            by_name.setdefault(name, []).append(column)
    return [HeadFault(name, _format_repeated(name, same)) for name, same in by_name.items() if len(same) > 1]


def _format_repeated(name: str, columns: Sequence[str]) -> str:
    other = [column for column in columns if column != name]
    return f"is there twice{', as ' + ' and '.join(map(repr, columns)) if other else ''}"


def _missing(names: Sequence[str]) -> list[HeadFault]:
    """Return faults for missing required columns; all but ``id`` can have a default."""
    others = [name for name in names if name != "id"]
    are = "are missing" if len(others) > 1 else "is missing"
    cure = "What is the same for everybody may be said once (--default, in Python defaults=)"
    faults = [HeadFault("id", "is missing. Any column that names each person once will do")] if "id" in names else []
    return faults + ([HeadFault(", ".join(others), f"{are}. {cure}")] if others else [])
