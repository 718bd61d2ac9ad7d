"""Match two tables from Python: in a notebook, a script or a shell.

A table is the path of a CSV file, a list of dicts, or anything whose ``to_dict("records")`` gives one (a pandas or
polars-like frame); columns and cells are those of ``csv_people``. See docs/notebook.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import ne
from pathlib import Path
from typing import Any, Protocol, TypeGuard, cast

from services.chassis.clock import SystemClock
from services.matcher.adapters.csv_people import CsvFault, Rows, read_mentees, read_mentors
from services.matcher.adapters.match_command import cause_in_words, mean_score, summary
from services.matcher.domain.weights import default_weights, weights_from_json
from services.matcher.use_cases.match_files import FilesMatched, match_files

Record = Mapping[str, Any]


class Frame(Protocol):
    """A table of another library."""

    def to_dict(self, orient: Any, /) -> Any:
        """Its rows as dicts, for ``"records"``."""


Table = str | Path | Sequence[Record] | Frame


class UnreadableTableError(ValueError):
    """Something in a table or in the weights cannot be read; every fault is in ``faults`` and in the message."""

    def __init__(self, faults: Sequence[CsvFault]) -> None:
        self.faults = tuple(faults)
        lines = [f"{one.file}, line {one.line}, {one.column or 'all'}: {one.message}" for one in self.faults]
        super().__init__("\n".join(lines))


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
    def proved(self) -> bool:
        """Whether the certificate proves the pairs best."""
        return self.made.result.certificate.optimal

    def __str__(self) -> str:
        return summary(self.made).rstrip("\n")


def match(
    mentees: Table,
    mentors: Table,
    *,
    weights: Mapping[str, Any] | None = None,
    compare: Iterable[str] = (),
    at: datetime | None = None,
) -> Matched:
    """Match everybody in two tables; ``weights`` as in the API's JSON, ``compare`` names policies, ``at`` is now.

    Raises ``UnreadableTableError`` with every fault, and KeyError for a policy that does not exist.
    """
    moment = at or SystemClock().now()
    asking, offering = read_mentees(_told(mentees), moment), read_mentors(_told(mentors), moment)
    weighed, wrong = (default_weights(), []) if weights is None else weights_from_json(weights)
    faults = [*asking.faults, *offering.faults]
    faults += [CsvFault("weights", 0, fault.field, fault.message) for fault in wrong]
    if faults or weighed is None:
        raise UnreadableTableError(faults)
    return Matched(match_files(asking.people, offering.people, weighed, moment, tuple(compare)))


def _told(table: Table) -> Path | Rows:
    """A path as it is; records as numbered lines of cells, the names of the columns as line 0."""
    if isinstance(table, str | Path):
        return Path(table)
    records: Sequence[Record] = table.to_dict("records") if _is_frame(table) else cast("Sequence[Record]", table)
    columns = list(dict.fromkeys(name for record in records for name in record)) or ["id"]
    lines = [(number, [_cell(record.get(name)) for name in columns]) for number, record in enumerate(records, start=1)]
    return [(0, columns), *lines]


def _is_frame(table: Sequence[Record] | Frame) -> TypeGuard[Frame]:
    return hasattr(table, "to_dict")


def _cell(value: Any) -> str:
    """A value as a cell of a CSV file has it."""
    if value is None or ne(value, value):  # NaN, what frames put where nothing is
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(_cell(one) for one in value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # frames turn whole numbers into floats where one is missing
    return str(value).strip()
