"""Points multiplied by the mentees' shares: the tables the kernel looks up."""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.arrays import I32, I64, AnyArray
from services.matcher.domain.features.budget import WHOLE
from services.matcher.domain.features.coded import ByTable, Coded

MOST_CELLS = 1 << 15


@dataclass(frozen=True)
class Scaled:
    """A table whose points are already multiplied by the mentees' shares."""

    table: I32
    mentee_codes: I32
    mentor_codes: I32


@dataclass(frozen=True)
class Shared:
    """One criterion's points and everybody's share of it: a row of the table to come for each two that occur."""

    points: I32  # (A, B) table, or (A, W) curve, 0 to 100
    codes: I64  # (R,) row of `points`
    shares: I64  # (R,) thousandths
    row_of: I32  # (M,)

    @property
    def largest(self) -> int:
        """The largest product, found without making the table."""
        return int((self.points.max(axis=1, initial=0)[self.codes] * self.shares).max(initial=0))

    def table(self, step: int) -> I32:
        """The products times ``step``; the caller sees to it that they fit into 32 bits."""
        return self.points[self.codes] * (self.shares * step).astype(np.int32)[:, np.newaxis]


def share_out(coded: Coded, kind_codes: I32, share_of_kind: I64) -> Shared:
    """Find the (code, share) that occur among M mentees; ``share_of_kind`` (K,) are thousandths, one per kind."""
    points, codes = (coded.table, coded.mentee_codes) if isinstance(coded, ByTable) else (coded.curve, coded.mentee_row)
    known = np.zeros(WHOLE + 1, dtype=np.int64)
    known[share_of_kind] = 1
    distinct = np.flatnonzero(known)
    rank = (np.cumsum(known) - 1)[share_of_kind]
    both = codes * np.int64(len(distinct)) + rank[kind_codes]
    occurs = np.zeros(len(points) * len(distinct), dtype=np.bool_)  # a table, since sorting people takes longer
    occurs[both] = True
    found = np.flatnonzero(occurs)
    row_of = (np.cumsum(occurs) - 1)[both].astype(np.int32)
    return Shared(points, found // len(distinct), distinct[found % len(distinct)], row_of)


def as_small_table(coded: Coded, most_cells: int = MOST_CELLS) -> Coded:
    """Bits that few people set differently are quicker as a table; the rest stays as it is."""
    if isinstance(coded, ByTable):
        return coded
    rows, mentee_codes = _unique_columns([*coded.mentee_bits, coded.mentee_row])
    columns, mentor_codes = _unique_columns([*coded.mentor_bits])
    if len(rows) * len(columns) > most_cells:
        return coded
    table = coded.points(rows[:, np.newaxis], columns[np.newaxis, :])
    return ByTable(table.astype(np.int32), mentee_codes, mentor_codes)


def _unique_columns(keys: list[AnyArray]) -> tuple[I64, I32]:
    """For each distinct column one place where it stands, and every column's code."""
    merged: I64 = np.zeros(len(keys[0]), dtype=np.int64)
    for row in keys:
        _, codes = np.unique(row, return_inverse=True)
        _, merged = np.unique(merged * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)
    _, first, found = np.unique(merged, return_index=True, return_inverse=True)
    return first.astype(np.int64), found.astype(np.int32)
