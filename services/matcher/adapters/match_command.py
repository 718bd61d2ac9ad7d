"""``python -m services.matcher match``: read two CSV files, print a summary, write the matches to ``--out``.

Needs no service, no database and no network; from a notebook, call ``match`` of ``notebook.py``. ``--template`` prints
a file to start from. Nothing is written without ``--out``. Exit codes: 0 done, 2 something in the files or options
cannot be read or written (every fault is listed before anything is matched).
"""

import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from services.chassis.core.clock import SystemClock
from services.chassis.i18n.sentence import advise
from services.matcher.adapters.csv_people import CsvFault, ReadPeople, read_mentees, read_mentors
from services.matcher.adapters.csv_template import write_template
from services.matcher.adapters.fault_lines import fault_lines
from services.matcher.adapters.match_options import TERMINAL, columns_from_options, read_options
from services.matcher.adapters.people_columns import Columns
from services.matcher.domain.explain import awaited
from services.matcher.domain.round import RoundResult, Unmatched
from services.matcher.domain.weights import Weights, default_weights, weights_from_json
from services.matcher.use_cases.match_files import FilesMatched, match_files

_CAUSES = {
    "shortage": "suitable mentors' places went to others",
    "places": "suitable mentors have no free place",
    "ready": "mentors who would fit are not ready yet",
    "quality_floor": "mentors who would fit are below the quality floor",
    "hard_rule": "a wish of their own rules everyone out",
    "never_possible": "nobody in the pool could",
}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """Run the command; ``out`` replaces the terminal in tests."""
    terminal = out or sys.stdout
    options = read_options(arguments)
    if options.template:
        write_template(options.template, terminal)
        return 0
    at, columns = SystemClock().now(), columns_from_options(options)
    mentees, mentors = read_mentees(options.mentees, at, columns), read_mentors(options.mentors, at, columns)
    weights, faults = _weights(options.weights)
    faults = [*mentees.faults, *mentors.faults, *_unused(columns, mentees, mentors), *faults, *_out_faults(options.out)]
    if faults or weights is None:
        return _refused(faults, terminal)
    made = match_files(mentees.people, mentors.people, weights, at, options.compare)
    try:
        return _report(made, options.out, terminal)
    except OSError as error:
        return _refused([CsvFault(options.out.name, 0, "", f"cannot be written: {error.strerror}")], terminal)


def _report(made: FilesMatched, path: Path | None, terminal: TextIO) -> int:
    """Write the matches, if requested, and print the summary."""
    if path == TERMINAL:
        _write(terminal, made.result)
        sys.stderr.write(summary(made))
    elif path is None:
        terminal.write(f"{summary(made)}Nothing was written; --out FILE writes who meets whom.\n")
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            _write(file, made.result)
        terminal.write(summary(made, path))
    return 0


def _unused(columns: Columns, *read: ReadPeople[Any]) -> list[CsvFault]:
    """Return faults for renamed columns that no file has; none unless both files could be opened."""
    headers = [people.header for people in read]
    return [
        CsvFault("--map", 0, name, "is a column of neither file")
        for name in (columns.unused(*headers) if all(headers) else ())
    ]


def _refused(faults: Sequence[CsvFault], terminal: TextIO) -> int:
    terminal.writelines(f"{line}\n" for line in fault_lines(faults))
    return 2


def summary(made: FilesMatched, path: Path | None = None) -> str:
    """Return the result as a table for a terminal; ``path`` is where the matches were written, if anywhere."""
    result = made.result
    count = len(result.proposals)
    fit = sum(part.score * part.weight for proposal in result.proposals for part in proposal.parts)
    mean = f", mean score {mean_score(fit, count)}" if count else ""
    proof = "proved best" if result.certificate.proves_optimal else "NOT proved best"
    lines = [
        f"{count} matched{mean}, {len(result.unmatched)} waiting; {proof}" + (f"; written to {path}" if path else "")
    ]
    causes = Counter((cause_in_words(person), " + ".join(person.rules)) for person in result.unmatched)
    lines += [f"  {count:5}  {cause} ({rules})" for (cause, rules), count in causes.most_common()]
    lines += [f"Warning: {warning}" for warning in warnings(made)]
    if made.outcomes:
        best = made.outcomes[0]
        lines += ["", f"{'policy':12}{'matched':>9}{'mean score':>12}{'people lost':>13}"]
        lines += [
            f"{row.policy:12}{row.matched:>9}{mean_score(row.fit, row.matched):>12}{best.matched - row.matched:>13}"
            for row in made.outcomes
        ]
    return "\n".join(lines) + "\n"


def warnings(made: FilesMatched) -> list[str]:
    """Return what to consider before using the pairs."""
    if made.shared_score is None:
        return []
    alike = f"every possible pair has the same score, {made.shared_score}"
    return [f"{alike}. Where several would do, nothing says which: add answers, or change the weights."]


def cause_in_words(person: Unmatched) -> str:
    """Return why a mentee waits, in a few words for a table."""
    return _CAUSES[awaited(person.rules) if person.cause == "capacity" else person.cause]


def mean_score(fit: int, matched: int) -> float:
    """Return the mean score from the sum of fit (in thousandths), rounded once to one decimal; 0.0 without pairs."""
    return round(fit / 1000 / matched, 1) if matched else 0.0


def _weights(path: Path | None) -> tuple[Weights | None, list[CsvFault]]:
    if path is None:
        return default_weights(), []
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return None, [CsvFault(path.name, 0, "", f"cannot be read as JSON: {error}")]
    weights, faults = weights_from_json(values)
    return weights, [CsvFault(path.name, 0, fault.field, advise(fault.message)[0]) for fault in faults]


def _out_faults(path: Path | None) -> list[CsvFault]:
    """Return why the output file cannot be written; checked before anything is matched."""
    if path is None or path == TERMINAL:
        return []
    if path.is_dir():
        return [CsvFault(path.name, 0, "", "is a folder; write a file for --out")]
    if not path.parent.is_dir():
        return [CsvFault(path.name, 0, "", f"cannot be written: there is no folder {path.parent}")]
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        return [CsvFault(path.name, 0, "", "cannot be written: it is not yours to write there")]
    return []


def _write(file: TextIO, result: RoundResult) -> None:
    """Write one line per mentee, matched or not, in the order of ids."""
    rows: list[tuple[str, str, int | str, str]] = [
        (
            pair.mentee_id,
            pair.mentor_id,
            pair.score,
            "; ".join(f"{part.criterion} {part.band}" for part in pair.reasons),
        )
        for pair in result.proposals
    ]
    rows += [(row.mentee_id, "", "", f"{cause_in_words(row)}: {', '.join(row.rules)}") for row in result.unmatched]
    writer = csv.writer(file)
    writer.writerow(("mentee", "mentor", "score", "why"))
    writer.writerows([_without_formula(cell) for cell in row] for row in sorted(rows))


def _without_formula(cell: object) -> object:
    """Return a cell, quoted where a spreadsheet would read it as a formula (CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_DANGEROUS) else cell
