"""Read mentees and mentors from CSV files, line by line: return all people, or all faults and no people.

The first line names the columns; those in ``csv_columns.REQUIRED`` are needed, the others may be left out. An empty
cell is as if its column were not there. How each cell is written is in ``csv_cells``, how columns may be named in
``people_columns``. Files may be as spreadsheets write them (a byte order mark, a first line ``sep=;``, ``;`` or tab
between columns, cells of several lines).
"""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from services.events.facts import MenteeFacts, MentorFacts
from services.events.validation import MINOR
from services.matcher.adapters import csv_cells as cells
from services.matcher.adapters.csv_checks import contradictions
from services.matcher.adapters.csv_columns import MENTEE_COLUMNS, MENTOR_COLUMNS, REQUIRED, Reader
from services.matcher.adapters.people_columns import Columns, read_head
from services.matcher.domain.candidates import Mentee, Mentor

P = TypeVar("P", Mentee, Mentor)
LARGEST_FILE = 64 * 1024 * 1024
HEAD = 64 * 1024  # characters in which the first line ends
OUR_NAMES = Columns()
_DECLARED_SEPARATOR = re.compile(r"sep=([,;\t])\n", re.IGNORECASE)  # the first line of files from some spreadsheets
_QUOTED = re.compile(r'"[^"]*"')


class CsvFault(NamedTuple):
    """A place where a file cannot be read, and what to write there; ``line`` 1 is the header."""

    file: str
    line: int
    column: str
    message: str


@dataclass(frozen=True)
class ReadPeople(Generic[P]):
    """All people in a file, or all faults; never both. ``header`` is the file's own, empty without a file."""

    people: tuple[P, ...]
    faults: tuple[CsvFault, ...]
    header: tuple[str, ...] = ()


Build = Callable[[str, dict[str, Any]], P]
Rows = Sequence[tuple[int, Sequence[str]]]
"""Lines of cells with their numbers, the header first."""


def read_mentees(source: Path | Rows, at: datetime, columns: Columns = OUR_NAMES) -> ReadPeople[Mentee]:
    """Read mentees; a mentee without ``waiting_since`` waits since ``at``.

    A mentee under 18 by age band is a minor, whether the file says so or not.
    """

    def build(person_id: str, facts: dict[str, Any]) -> Mentee:
        minor: dict[str, Any] = {"minor": True} if facts.get("age_band") == MINOR else {}
        return Mentee(id=person_id, programme="files", facts=MenteeFacts(**({"waiting_since": at} | facts | minor)))

    return _read(source, _Table("mentees", MENTEE_COLUMNS, columns, at.date()), build)


def read_mentors(source: Path | Rows, at: datetime, columns: Columns = OUR_NAMES) -> ReadPeople[Mentor]:
    """Read mentors; they count as approved and trained unless the file says otherwise."""
    usual: dict[str, Any] = {"approved": True, "trained_until": date(at.year + 1, 12, 31)}

    def build(person_id: str, facts: dict[str, Any]) -> Mentor:
        return Mentor(id=person_id, programme="files", facts=MentorFacts(**(usual | facts)))

    return _read(source, _Table("mentors", MENTOR_COLUMNS, columns, at.date()), build)


def unknown_columns(columns: Columns) -> list[str]:
    """Return the targets of ``columns`` that are columns of neither mentees nor mentors."""
    return columns.unknown(("id", *MENTEE_COLUMNS), ("id", *MENTOR_COLUMNS))


class _Table(NamedTuple):
    """A kind of table: its name, the readers of its cells, the options for its columns, and today's date."""

    kind: str
    readers: Mapping[str, Reader]
    columns: Columns
    today: date


def _read(source: Path | Rows, table: _Table, build: Build[P]) -> ReadPeople[P]:
    if not isinstance(source, Path):
        return _people(table.kind, source, table, build)
    rows, fault = _rows(source)
    return ReadPeople((), (fault,)) if fault is not None else _people(source.name, rows, table, build)


def _people(file: str, rows: Rows, table: _Table, build: Build[P]) -> ReadPeople[P]:
    """Return the people in numbered rows of cells; the first row is the header."""
    (first, header), *lines = rows
    head = read_head(header, table.kind, ("id", *table.readers), REQUIRED[table.kind], table.columns)
    faults = [CsvFault(file, first, *fault) for fault in head.faults]
    people: list[P] = []
    seen: dict[str, int] = {}
    for number, line in lines:
        by_column = head.cells(line)
        person_id, values, line_faults = _line(file, number, table.kind, by_column, table.readers)
        if set(REQUIRED[table.kind]) - {"id"} <= set(values):
            people.append(build(person_id, values))
            wrong = contradictions(people[-1].facts, by_column, table.today)
            known = {fault.column for fault in line_faults}
            line_faults += [CsvFault(file, number, *fault) for fault in wrong if fault.column not in known]
        if any(line[len(head.names) :]):
            line_faults.append(
                CsvFault(file, number, "", "has more cells than there are columns; quote cells with commas")
            )
        if person_id and person_id in seen:
            line_faults.append(CsvFault(file, number, "id", f"{person_id!r} is there already, at {seen[person_id]}"))
        seen.setdefault(person_id, number)
        faults += line_faults
    return ReadPeople(() if faults else tuple(people), tuple(faults), tuple(header))


def _rows(path: Path) -> tuple[list[tuple[int, list[str]]], CsvFault | None]:
    """Return the lines that are not empty, each with the number of its last line; or a fault."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            return [], CsvFault(path.name, 0, "", f"is larger than {LARGEST_FILE >> 20} MB; split it")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        return [], CsvFault(path.name, 0, "", f"cannot be opened: {error.strerror}")
    except UnicodeDecodeError:
        return [], CsvFault(path.name, 0, "", "is not UTF-8; save it as CSV in UTF-8")
    declared = _DECLARED_SEPARATOR.match(text)
    text = "\n" + text[declared.end() :] if declared else text  # keep the line count
    reader = csv.reader(io.StringIO(text), delimiter=declared[1] if declared else _separator(text), strict=True)
    try:
        read = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        return [], CsvFault(path.name, reader.line_num, "", f"cannot be read: {error}")
    rows = [(number, row) for number, row in read if any(row)]
    return (rows, None) if rows else ([], CsvFault(path.name, 1, "", "is empty; the first line names the columns"))


def _separator(text: str) -> str:
    """Return the most frequent separator of the first line that is not empty."""
    first = _QUOTED.sub("", text[:HEAD]).lstrip("\n ").partition("\n")[0]
    return max(",;\t", key=first.count)


def _line(
    file: str, number: int, kind: str, line_cells: Mapping[str, str], columns: Mapping[str, Reader]
) -> tuple[str, dict[str, Any], list[CsvFault]]:
    # a column missing from the file is reported once, for the header
    missing = [name for name in REQUIRED[kind] if line_cells.get(name) == ""]
    faults = [CsvFault(file, number, name, "is empty; it is needed") for name in missing]
    values: dict[str, Any] = {}
    for name, read in columns.items():
        if line_cells.get(name):
            try:
                values[name] = read(line_cells[name])
            except cells.BadCellError as error:
                faults.append(CsvFault(file, number, name, str(error)))
    return line_cells.get("id", ""), values, faults
