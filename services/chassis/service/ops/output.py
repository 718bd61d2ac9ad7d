"""What commands print: lines, tables and one sentence for a fault."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime


def print_line(line: str) -> None:
    """Print a line to the standard output."""
    sys.stdout.write(line + "\n")


def print_error(sentence: str) -> int:
    """Print a sentence to the standard error; return the exit code 1."""
    sys.stderr.write(sentence + "\n")
    return 1


def print_table(rows: Sequence[Iterable[str]]) -> None:
    """Print rows of equal length in aligned columns."""
    cells = [list(row) for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        print_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def counted(number: int, thing: str, things: str) -> str:
    """Return a number with its noun and verb: ``1 person is``, ``2 people are``."""
    return f"{number} {thing if number == 1 else things}"


def format_time(at: datetime | None) -> str:
    """Return a moment for people, in UTC; an empty text for None."""
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M:%S UTC")
