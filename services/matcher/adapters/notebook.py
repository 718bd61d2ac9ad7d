"""Match two tables from Python: in a notebook, a script or a shell.

A table is the path of a CSV file, an iterable of dicts, a dict of columns, or a frame of pandas, polars or pyarrow
(see ``records``); columns and cells are those of ``csv_people``. See docs/notebook.md.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

from services.chassis.core.clock import SystemClock
from services.chassis.i18n.sentence import advise
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
    """The part of a pandas data frame that is used."""

    def to_dict(self, orient: Any, /) -> Any:
        """Return its rows as dicts, for ``"records"``."""


class PolarsLike(Protocol):
    """The part of a polars data frame that is used."""

    def to_dicts(self) -> Any:
        """Return its rows as dicts."""


class ArrowLike(Protocol):
    """The part of a pyarrow table that is used."""

    def to_pylist(self) -> Any:
        """Return its rows as dicts."""


Frame = PandasLike | PolarsLike | ArrowLike
Table = str | PathLike[str] | Iterable[Mapping[str, Any]] | Mapping[str, Any] | Frame


class UnreadableTableError(ValueError):
    """Something in a table or in the weights cannot be read; every fault is in ``faults`` and in the message.

    ``line`` counts the lines of a file from 1; in other tables, the rows from 1, without the header.
    """

    def __init__(self, faults: Sequence[CsvFault], tables: Collection[str] = TABLES) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault_lines(faults, tables)))


@dataclass(frozen=True)
class Matched:
    """The result of ``match``; printed, it is the summary of the command line.

    The lists hold plain dicts, one per row, ready for a data frame: ``pairs`` (mentee, mentor, score, reasons),
    ``unmatched`` (mentee, cause, rules, why) and ``policies`` (policy, matched, mean_score, people_lost), the optimum
    first. ``proved`` is whether the certificate proves that no other set of pairs is worth more.
    """

    made: FilesMatched

    @property
    def pairs(self) -> list[dict[str, Any]]:
        """The matched pairs, by mentee id; ``reasons`` best first."""
        return [
            {
                "mentee": pair.mentee_id,
                "mentor": pair.mentor_id,
                "score": pair.score,
                "reasons": [f"{part.criterion} {part.band}" for part in pair.reasons],
            }
            for pair in self.made.result.proposals
        ]

    @property
    def unmatched(self) -> list[dict[str, Any]]:
        """The mentees without a mentor, and why."""
        return [
            {"mentee": row.mentee_id, "cause": row.cause, "rules": list(row.rules), "why": cause_in_words(row)}
            for row in self.made.result.unmatched
        ]

    @property
    def policies(self) -> list[dict[str, Any]]:
        """The outcome of each requested policy; empty without a request."""
        outcomes = self.made.outcomes
        return [
            {
                "policy": outcome.policy,
                "matched": outcome.matched,
                "mean_score": mean_score(outcome.fit, outcome.matched),
                "people_lost": outcomes[0].matched - outcome.matched,
            }
            for outcome in outcomes
        ]

    @property
    def warnings(self) -> list[str]:
        """Sentences to consider before using the pairs; usually none."""
        return warnings(self.made)

    @property
    def proved(self) -> bool:
        """Whether the certificate proves the pairs best."""
        return self.made.result.certificate.proves_optimal

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
    """Match the people of two tables.

    ``columns`` maps their columns to ours, ``ignore_unknown`` ignores columns that are not ours, ``defaults`` holds, by
    our column, the cell of everyone who has none. ``weights`` are as in the API's JSON, ``compare`` names policies,
    ``at`` is now. Raises ``UnreadableTableError`` with every fault, and KeyError for a policy that does not exist.
    """
    moment = at or SystemClock().now()
    filled, default_faults = _filled(defaults or {})
    wanted = Columns(columns or {}, ignore_unknown, filled)
    mentee_table = _read("mentees", mentees, partial(read_mentees, at=moment, columns=wanted))
    mentor_table = _read("mentors", mentors, partial(read_mentors, at=moment, columns=wanted))
    valid_weights, weight_faults = (default_weights(), []) if weights is None else weights_from_json(weights)
    faults = [
        *mentee_table.faults,
        *mentor_table.faults,
        *default_faults,
        *_column_faults(wanted, mentee_table.header, mentor_table.header),
    ]
    faults += [CsvFault("weights", 0, fault.field, advise(fault.message)[0]) for fault in weight_faults]
    if faults or valid_weights is None:
        raise UnreadableTableError(faults)
    return Matched(match_files(mentee_table.people, mentor_table.people, valid_weights, moment, tuple(compare)))


def _read(name: str, table: Table, read: Callable[[Path | Rows], ReadPeople[P]]) -> ReadPeople[P]:
    """Return the people of a path or of any other table, or its faults."""
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
    """Return faults for options about unknown columns; for unused ones only where both tables could be read."""
    faults = [CsvFault("columns and defaults", 0, name, "is not ours") for name in unknown_columns(wanted)]
    unused = wanted.unused(*headers) if all(headers) else ()
    return faults + [CsvFault("columns", 0, name, "is a column of neither table") for name in unused]
