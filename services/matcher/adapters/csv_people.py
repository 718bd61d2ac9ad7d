"""Read mentees and mentors from CSV files, line by line: everybody, or every fault and nobody.

The first line names the columns; ``id`` and those in ``REQUIRED`` are needed, the others may be left out. An empty cell
is as if its column were not there. How each cell is written is in ``csv_cells``, how columns may be named in
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
from services.matcher.adapters.people_columns import Columns, read_head
from services.matcher.domain.candidates import Mentee, Mentor

Reader = Callable[[str], Any]
P = TypeVar("P", Mentee, Mentor)
LARGEST_FILE = 64 * 1024 * 1024
HEAD = 64 * 1024  # characters in which the first line ends
AS_OURS = Columns()
_TOLD_SEPARATOR = re.compile(r"sep=([,;\t])\n", re.IGNORECASE)  # the first line of some spreadsheets' files
_QUOTED = re.compile(r'"[^"]*"')

_BOTH: Mapping[str, Reader] = {
    "languages": cells.several(cells.spoken),
    "diagnosed": cells.month,
    "situations": cells.several(cells.code("situation")),
    "goals": cells.several(cells.code("goal")),
    "topics": cells.several(cells.code("topic")),
    "formats": cells.several(cells.code("format")),
    "availability": cells.several(cells.window),
    "time_zone": cells.as_it_is,
    "gender": cells.code("gender"),
    "age_band": cells.code("age_band"),
    "diagnosis_age_band": cells.code("diagnosis_age_band"),
    "culture": cells.several(cells.code("culture")),
    "styles": cells.several(cells.code("style")),
}
MENTEE_COLUMNS: Mapping[str, Reader] = {
    **_BOTH,
    "waiting_since": cells.instant,
    "relation": cells.code("relation"),
    "diabetes_type": cells.code("diabetes_type"),
    "devices": cells.several(cells.device_asked),
    "life_stages": cells.several(cells.life_stage),
    "request_shape": cells.code("request_shape"),
    "matters_most": cells.several(cells.code("matters")),
    "musts": cells.several(cells.must),
    "only_support_is_self": cells.yes_no,
    "never_met_a_peer": cells.yes_no,
    "digital_comfort": cells.code("digital_comfort"),
    "minor": cells.yes_no,
}
MENTOR_COLUMNS: Mapping[str, Reader] = {
    **_BOTH,
    "relations": cells.several(cells.code("relation")),
    "diabetes_types": cells.several(cells.code("diabetes_type")),
    "approved": cells.yes_no,
    "trained_until": cells.day,
    "capacity": cells.whole,
    "hours_per_month": cells.whole,
    "devices": cells.several(cells.device_lived),
    "life_stages": cells.several(cells.code("life_stage")),
    "request_shapes": cells.several(cells.code("request_shape")),
    "cleared_for_minors": cells.yes_no,
    "also_clinician": cells.yes_no,
}
REQUIRED = {
    "mentees": ("id", "languages", "relation", "diabetes_type"),
    "mentors": ("id", "languages", "relations", "diabetes_types"),
}


class CsvFault(NamedTuple):
    """Where a file cannot be read, and what to write; ``line`` 1 is the one that names the columns."""

    file: str
    line: int
    column: str
    message: str


@dataclass(frozen=True)
class ReadPeople(Generic[P]):
    """Everybody in a file, or every fault; never both. ``header`` is as the file has it, empty for no file."""

    people: tuple[P, ...]
    faults: tuple[CsvFault, ...]
    header: tuple[str, ...] = ()


Build = Callable[[str, dict[str, Any]], P]
Rows = Sequence[tuple[int, Sequence[str]]]
"""Lines of cells with their numbers, the names of the columns first: what a file comes to."""


def read_mentees(told: Path | Rows, at: datetime, columns: Columns = AS_OURS) -> ReadPeople[Mentee]:
    """Read the people who look for a mentor; who says no ``waiting_since`` waits since ``at``.

    Who is under 18 by their age band is a minor, whether the file says so or not.
    """

    def build(person_id: str, facts: dict[str, Any]) -> Mentee:
        minor: dict[str, Any] = {"minor": True} if facts.get("age_band") == MINOR else {}
        return Mentee(id=person_id, programme="files", facts=MenteeFacts(**({"waiting_since": at} | facts | minor)))

    return _read(told, _Table("mentees", MENTEE_COLUMNS, columns, at.date()), build)


def read_mentors(told: Path | Rows, at: datetime, columns: Columns = AS_OURS) -> ReadPeople[Mentor]:
    """Read the mentors; who is in the file counts as approved and trained unless it says otherwise."""
    usual: dict[str, Any] = {"approved": True, "trained_until": date(at.year + 1, 12, 31)}

    def build(person_id: str, facts: dict[str, Any]) -> Mentor:
        return Mentor(id=person_id, programme="files", facts=MentorFacts(**(usual | facts)))

    return _read(told, _Table("mentors", MENTOR_COLUMNS, columns, at.date()), build)


def unknown_columns(columns: Columns) -> list[str]:
    """What ``columns`` calls ours and is not, neither of mentees nor of mentors."""
    return columns.unknown(("id", *MENTEE_COLUMNS), ("id", *MENTOR_COLUMNS))


class _Table(NamedTuple):
    """One side of the people: its name, how its cells are read, what is said about its columns, and today."""

    kind: str
    readers: Mapping[str, Reader]
    columns: Columns
    today: date


def _read(told: Path | Rows, table: _Table, build: Build[P]) -> ReadPeople[P]:
    if not isinstance(told, Path):
        return _people(table.kind, told, table, build)
    rows, fault = _rows(told)
    return ReadPeople((), (fault,)) if fault is not None else _people(told.name, rows, table, build)


def _people(file: str, rows: Rows, table: _Table, build: Build[P]) -> ReadPeople[P]:
    """Everybody in rows of cells, each with its number; the first row names the columns."""
    (first, header), *lines = rows
    head = read_head(header, table.kind, ("id", *table.readers), REQUIRED[table.kind], table.columns)
    faults = [CsvFault(file, first, *fault) for fault in head.faults]
    people: list[P] = []
    seen: dict[str, int] = {}
    for number, line in lines:
        told = head.cells(line)
        person_id, values, found = _line(file, number, table.kind, told, table.readers)
        if set(REQUIRED[table.kind]) - {"id"} <= set(values):
            people.append(build(person_id, values))
            wrong = contradictions(people[-1].facts, told, table.today)
            known = {fault.column for fault in found}
            found += [CsvFault(file, number, *one) for one in wrong if one.column not in known]
        if any(line[len(head.names) :]):
            found.append(CsvFault(file, number, "", "has more cells than there are columns; quote cells with commas"))
        if person_id and person_id in seen:
            found.append(CsvFault(file, number, "id", f"{person_id!r} is there already, at {seen[person_id]}"))
        seen.setdefault(person_id, number)
        faults += found
    return ReadPeople(() if faults else tuple(people), tuple(faults), tuple(header))


def _rows(path: Path) -> tuple[list[tuple[int, list[str]]], CsvFault | None]:
    """The lines that hold anything, with the number of the line each ends on; or the one reason why not."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            return [], CsvFault(path.name, 0, "", f"is larger than {LARGEST_FILE >> 20} MB; split it")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        return [], CsvFault(path.name, 0, "", f"cannot be opened: {error.strerror}")
    except UnicodeDecodeError:
        return [], CsvFault(path.name, 0, "", "is not UTF-8; save it as CSV in UTF-8")
    told = _TOLD_SEPARATOR.match(text)
    text = "\n" + text[told.end() :] if told else text  # its line is counted
    reader = csv.reader(io.StringIO(text), delimiter=told[1] if told else _separator(text), strict=True)
    try:
        read = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        return [], CsvFault(path.name, reader.line_num, "", f"cannot be read: {error}")
    rows = [(number, row) for number, row in read if any(row)]
    return (rows, None) if rows else ([], CsvFault(path.name, 1, "", "is empty; the first line names the columns"))


def _separator(text: str) -> str:
    """What stands most often between the cells of the first line that holds anything."""
    first = _QUOTED.sub("", text[:HEAD]).lstrip("\n ").partition("\n")[0]
    return max(",;\t", key=first.count)


def _line(
    file: str, number: int, kind: str, told: Mapping[str, str], columns: Mapping[str, Reader]
) -> tuple[str, dict[str, Any], list[CsvFault]]:
    missing = [name for name in REQUIRED[kind] if told.get(name) == ""]  # a column that is not there is told once
    faults = [CsvFault(file, number, name, "is empty; it is needed") for name in missing]
    values: dict[str, Any] = {}
    for name, read in columns.items():
        if told.get(name):
            try:
                values[name] = read(told[name])
            except cells.BadCellError as error:
                faults.append(CsvFault(file, number, name, str(error)))
    return told.get("id", ""), values, faults
