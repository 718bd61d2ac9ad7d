"""Points multiplied by the mentees' shares: the tables the kernel looks up."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matcher.domain.arrays import I32, I64, AnyArray
from services.matcher.domain.features.budget import WHOLE
from services.matcher.domain.features.coded import ByBits

MOST_CELLS = 1 << 15


@dataclass(frozen=True)
class Scaled:
    """A table whose points are already multiplied by the mentees' shares."""

    table: I32
    mentee_codes: I32
    mentor_codes: I32


def scale(table: I32, codes: npt.NDArray[np.integer], share: I64) -> tuple[I32, I32]:
    """Multiply a table by the mentees' shares: one row for each (code, share) that occurs, and everybody's row."""
    whole = WHOLE + 1
    both, rows = np.unique(codes.astype(np.int64) * whole + share, return_inverse=True)
    return (table[both // whole] * (both % whole)[:, np.newaxis]).astype(np.int32), rows.astype(np.int32)


def bits_as_table(bits: ByBits, most_cells: int = MOST_CELLS) -> tuple[I32, I32, I32] | None:
    """Counted bits as (table, mentee codes, mentor codes), where the distinct rows are few; else None."""
    rows, mentee_codes = _unique_columns([*bits.mentee_bits, bits.mentee_row])
    columns, mentor_codes = _unique_columns([*bits.mentor_bits])
    if len(rows) * len(columns) > most_cells:
        return None
    table = bits.points(rows[:, np.newaxis], columns[np.newaxis, :])
    return table.astype(np.int32), mentee_codes, mentor_codes


def _unique_columns(keys: list[AnyArray]) -> tuple[I64, I32]:
    """For each distinct column one place where it stands, and every column's code."""
    merged: I64 = np.zeros(len(keys[0]), dtype=np.int64)
    for row in keys:
        _, codes = np.unique(row, return_inverse=True)
        _, merged = np.unique(merged * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)
    _, first, found = np.unique(merged, return_index=True, return_inverse=True)
    return first.astype(np.int64), found.astype(np.int32)
