"""Read the options of ``python -m services.matcher match``."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from services.matcher.adapters.csv_people import unknown_columns
from services.matcher.adapters.csv_template import TEMPLATES
from services.matcher.adapters.people_columns import Columns
from services.matcher.domain.insights.baselines import POLICIES

TERMINAL = Path("-")
"""The file name that means the terminal."""


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options; exit with code 2 and a sentence when they cannot be read."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.template and not (options.mentees and options.mentors):
        parser.error("give both files, --mentees and --mentors, or ask for a --template of one")
    unknown = unknown_columns(columns_from_options(options))
    if unknown:
        parser.error(f"{unknown[0]!r} cannot stand to the right of --map or the left of --default; see --template")
    return options


def columns_from_options(options: argparse.Namespace) -> Columns:
    """Return what the options define for the columns of both files."""
    return Columns(dict(options.map), options.ignore_unknown, dict(options.default))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services.matcher match", description="Match the people of two CSV files, without any service."
    )
    parser.add_argument("--mentees", type=Path, metavar="FILE", help="CSV of the people who are looking for a mentor")
    parser.add_argument("--mentors", type=Path, metavar="FILE", help="CSV of the mentors")
    parser.add_argument(
        "--template", choices=TEMPLATES, help="print a file to start from: every column, and one person"
    )
    _add_columns(parser)
    parser.add_argument("--weights", type=Path, metavar="FILE", help="JSON file of weights (the defaults if left out)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write the matches; - for the terminal")
    parser.add_argument(
        "--compare",
        type=_policies,
        default=(),
        metavar="POLICY,...",
        help=f"also show what other ways would give: {', '.join(POLICIES)}",
    )
    return parser


def _add_columns(parser: argparse.ArgumentParser) -> None:
    """Add the options for files with other column names."""
    parser.add_argument(
        "--map",
        type=_map,
        action="append",
        default=[],
        metavar='"THEIRS=OURS"',
        help="read their column as one of ours; may be given again",
    )
    parser.add_argument(
        "--default",
        type=_default,
        action="append",
        default=[],
        metavar='"OURS=CELL"',
        help="the cell for people who have none in a column; may be given again",
    )
    parser.add_argument("--ignore-unknown", action="store_true", help="skip columns that are not ours")


def _map(text: str) -> tuple[str, str]:
    """Split at the last ``=``, since other people's column names may contain one."""
    source, _, ours = text.rpartition("=")
    return _both(source, ours, "Their column=ours")


def _default(text: str) -> tuple[str, str]:
    ours, _, cell = text.partition("=")
    return _both(ours, cell, "languages=en")


def _both(left: str, right: str, example: str) -> tuple[str, str]:
    if not left.strip() or not right.strip():
        raise argparse.ArgumentTypeError(f"write it with both sides of the =, such as {example!r}")
    return left.strip(), right.strip()


def _policies(text: str) -> tuple[str, ...]:
    named = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = [name for name in named if name not in POLICIES]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no policy {unknown[0]!r}; write some of: {', '.join(POLICIES)}")
    return named
