"""Read mentees and mentors from CSV files, line by line: everybody, or every fault and nobody.

The first line names the columns; ``id`` and those in ``REQUIRED`` are needed, the others may be left out. An empty cell
is as if its column were not there. How each cell is written is in ``csv_cells``. Files may be as spreadsheets write
them (a byte order mark, ``;`` or tab between columns).
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from services.events.facts import MenteeFacts, MentorFacts
from services.events.validation import MINOR
from services.matcher.adapters import csv_cells as cells
from services.matcher.adapters.csv_checks import contradictions
from services.matcher.domain.people import Mentee, Mentor

Reader = Callable[[str], Any]
P = TypeVar("P", Mentee, Mentor)
LARGEST_FILE = 64 * 1024 * 1024

_BOTH: Mapping[str, Reader] = {
    "languages": cells.several(cells.spoken),
    "diagnosed": cells.as_it_is,
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
    """Everybody in a file, or every fault; never both."""

    people: tuple[P, ...]
    faults: tuple[CsvFault, ...]


Rows = Sequence[tuple[int, Sequence[str]]]
"""Lines of cells with their numbers, the names of the columns first: what a file comes to."""


def read_mentees(told: Path | Rows, at: datetime) -> ReadPeople[Mentee]:
    """Read the people who look for a mentor; who says no ``waiting_since`` waits since ``at``.

    Who is under 18 by their age band is a minor, whether the file says so or not.
    """

    def build(id: str, facts: dict[str, Any]) -> Mentee:
        minor: dict[str, Any] = {"minor": True} if facts.get("age_band") == MINOR else {}
        return Mentee(id=id, programme="files", facts=MenteeFacts(**({"waiting_since": at} | facts | minor)))

    return _read(told, "mentees", MENTEE_COLUMNS, build, at.date())


def read_mentors(told: Path | Rows, at: datetime) -> ReadPeople[Mentor]:
    """Read the mentors; who is in the file counts as approved and trained unless it says otherwise."""
    usual: dict[str, Any] = {"approved": True, "trained_until": date(at.year + 1, 12, 31)}

    def build(id: str, facts: dict[str, Any]) -> Mentor:
        return Mentor(id=id, programme="files", facts=MentorFacts(**(usual | facts)))

    return _read(told, "mentors", MENTOR_COLUMNS, build, at.date())


Build = Callable[[str, dict[str, Any]], P]


def _read(told: Path | Rows, kind: str, columns: Mapping[str, Reader], build: Build[P], today: date) -> ReadPeople[P]:
    if not isinstance(told, Path):
        return _people(kind, told, kind, columns, build, today)
    rows, fault = _rows(told)
    return ReadPeople((), (fault,)) if fault is not None else _people(told.name, rows, kind, columns, build, today)


def _people(
    file: str, rows: Rows, kind: str, columns: Mapping[str, Reader], build: Build[P], today: date
) -> ReadPeople[P]:
    """Everybody in rows of cells, each with its number; the first row names the columns."""
    header, *lines = rows
    faults = _header_faults(file, kind, header[1], columns)
    people: list[P] = []
    seen: dict[str, int] = {}
    for number, line in lines:
        told = dict.fromkeys(header[1], "") | dict(zip(header[1], line, strict=False))
        id, values, found = _line(file, number, kind, told, columns)
        if set(REQUIRED[kind]) - {"id"} <= set(values):
            people.append(build(id, values))
            wrong = contradictions(people[-1].facts, told, today)
            known = {fault.column for fault in found}
            found += [CsvFault(file, number, *one) for one in wrong if one.column not in known]
        if len(line) > len(header[1]):
            found.append(CsvFault(file, number, "", "has more cells than there are columns; quote cells with commas"))
        if id and id in seen:
            found.append(CsvFault(file, number, "id", f"{id!r} is in line {seen[id]} already"))
        seen.setdefault(id, number)
        faults += found
    return ReadPeople((), tuple(faults)) if faults else ReadPeople(tuple(people), ())


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
    first = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(keepends=True), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        read = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        return [], CsvFault(path.name, reader.line_num, "", f"cannot be read: {error}")
    rows = [(number, row) for number, row in read if any(row)]
    return (rows, None) if rows else ([], CsvFault(path.name, 1, "", "is empty; the first line names the columns"))


def _header_faults(file: str, kind: str, header: Sequence[str], columns: Mapping[str, Reader]) -> list[CsvFault]:
    known = ("id", *columns)
    faults = [
        CsvFault(file, 1, name, f"is not a column of {kind}; the columns are: {', '.join(known)}")
        for name in header
        if name not in known
    ]
    faults += [CsvFault(file, 1, name, "is there twice") for name, after in pairwise(sorted(header)) if name == after]
    return faults + [CsvFault(file, 1, name, "is missing") for name in REQUIRED[kind] if name not in header]


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
