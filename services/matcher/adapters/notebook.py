"""Match two tables from Python: in a notebook, a script or a shell.

A table is the path of a CSV file, an iterable of dicts, a dict of columns, or a frame of pandas, polars or pyarrow
(``records``); columns and cells are those of ``csv_people``. See docs/notebook.md.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

from services.chassis.core.clock import SystemClock
from services.matcher.adapters.cell_text import as_text
from services.matcher.adapters.csv_cells import BadCellError
from services.matcher.adapters.csv_people import (
    CsvFault,
    P,
    ReadPeople,
    Rows,
    read_mentees,
    read_mentors,
    unknown_columns,
)
from services.matcher.adapters.fault_lines import fault_lines
from services.matcher.adapters.match_command import cause_in_words, mean_score, summary, warnings
from services.matcher.adapters.people_columns import Columns
from services.matcher.adapters.records import read_records
from services.matcher.domain.weights import default_weights, weights_from_json
from services.matcher.use_cases.match_files import FilesMatched, match_files

TABLES = ("mentees", "mentors")


class PandasLike(Protocol):
    """A data frame as of pandas."""

    def to_dict(self, orient: Any, /) -> Any:
        """Its rows as dicts, for ``"records"``."""


class PolarsLike(Protocol):
    """A data frame as of polars."""

    def to_dicts(self) -> Any:
        """Its rows as dicts."""


class ArrowLike(Protocol):
    """A table as of pyarrow."""

    def to_pylist(self) -> Any:
        """Its rows as dicts."""


Frame = PandasLike | PolarsLike | ArrowLike
Table = str | PathLike[str] | Iterable[Mapping[str, Any]] | Mapping[str, Any] | Frame


class UnreadableTableError(ValueError):
    """Something in a table or in the weights cannot be read; every fault is in ``faults`` and in the message.

    ``line`` counts the lines of a file from 1, and the rows of any other table from 1 too, without the names.
    """

    def __init__(self, faults: Sequence[CsvFault], tables: Collection[str] = TABLES) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault_lines(faults, tables)))


@dataclass(frozen=True)
class Matched:
    """What came of it; printed, it is the summary that the command prints.

    The lists hold plain dicts, one per row, ready for a data frame: ``pairs`` (mentee, mentor, score, reasons),
    ``unmatched`` (mentee, cause, rules, why) and ``policies`` (policy, matched, mean_score, people_lost), the optimum
    first. ``proved``: no other set of pairs is worth more.
    """

    made: FilesMatched

    @property
    def pairs(self) -> list[dict[str, Any]]:
        """Who meets whom, in the order of mentee ids; ``reasons`` best first."""
        return [
            {
                "mentee": one.mentee_id,
                "mentor": one.mentor_id,
                "score": one.score,
                "reasons": [f"{part.criterion} {part.band}" for part in one.reasons],
            }
            for one in self.made.result.proposals
        ]

    @property
    def unmatched(self) -> list[dict[str, Any]]:
        """Who waits, and why."""
        return [
            {"mentee": one.mentee_id, "cause": one.cause, "rules": list(one.rules), "why": cause_in_words(one)}
            for one in self.made.result.unmatched
        ]

    @property
    def policies(self) -> list[dict[str, Any]]:
        """What other ways of matching would give; empty when none was asked for."""
        outcomes = self.made.outcomes
        return [
            {
                "policy": one.policy,
                "matched": one.matched,
                "mean_score": mean_score(one.fit, one.matched),
                "people_lost": outcomes[0].matched - one.matched,
            }
            for one in outcomes
        ]

    @property
    def warnings(self) -> list[str]:
        """What to think about before the pairs are used, in sentences; usually nothing."""
        return warnings(self.made)

    @property
    def proved(self) -> bool:
        """Whether the certificate proves the pairs best."""
        return self.made.result.certificate.optimal

    def __str__(self) -> str:
        return summary(self.made).rstrip("\n")


def match(
    mentees: Table,
    mentors: Table,
    *,
    columns: Mapping[str, str] | None = None,
    ignore_unknown: bool = False,
    defaults: Mapping[str, Any] | None = None,
    weights: Mapping[str, Any] | None = None,
    compare: Iterable[str] = (),
    at: datetime | None = None,
) -> Matched:
    """Match everybody in two tables.

    ``columns`` names our column for each of theirs, ``ignore_unknown`` leaves out what is not ours, ``defaults`` holds
    the cell of everybody who has none, by our column. ``weights`` are as in the API's JSON, ``compare`` names policies,
    ``at`` is now. Raises ``UnreadableTableError`` with every fault, and KeyError for a policy that does not exist.
    """
    moment = at or SystemClock().now()
    filled, bad = _filled(defaults or {})
    wanted = Columns(columns or {}, ignore_unknown, filled)
    asking = _read("mentees", mentees, partial(read_mentees, at=moment, columns=wanted))
    offering = _read("mentors", mentors, partial(read_mentors, at=moment, columns=wanted))
    weighed, wrong = (default_weights(), []) if weights is None else weights_from_json(weights)
    faults = [*asking.faults, *offering.faults, *bad, *_column_faults(wanted, asking.header, offering.header)]
    faults += [CsvFault("weights", 0, fault.field, fault.message) for fault in wrong]
    if faults or weighed is None:
        raise UnreadableTableError(faults)
    return Matched(match_files(asking.people, offering.people, weighed, moment, tuple(compare)))


def _read(name: str, table: Table, read: Callable[[Path | Rows], ReadPeople[P]]) -> ReadPeople[P]:
    """Read a path as it is, any other table as numbered rows of cells; or say what is wrong with it."""
    if isinstance(table, str | PathLike):
        return read(Path(table))
    rows, faults = read_records(name, table)
    return ReadPeople((), tuple(faults)) if faults else read(rows)


def _filled(defaults: Mapping[str, Any]) -> tuple[dict[str, str], list[CsvFault]]:
    cells: dict[str, str] = {}
    faults = []
    for name, value in defaults.items():
        try:
            cells[name] = as_text(value)
        except BadCellError as error:
            faults.append(CsvFault("defaults", 0, name, str(error)))
    return cells, faults


def _column_faults(wanted: Columns, *headers: Sequence[str]) -> list[CsvFault]:
    """What is said about columns that are not there; told only where both tables could be read."""
    faults = [CsvFault("columns and defaults", 0, name, "is not ours") for name in unknown_columns(wanted)]
    unused = wanted.unused(*headers) if all(headers) else ()
    return faults + [CsvFault("columns", 0, name, "is a column of neither table") for name in unused]
