"""Points times mentees' shares, as the tables that the solver looks up."""

import numpy as np

from services.matcher.domain.criteria.encoding import ByBits, ByTable, EncodedCriterion
from services.matcher.solver.arrays import I32, I64, AnyArray
from services.matcher.solver.scoring import Overlap

MOST_CELLS = 1 << 15


def most_points(coded: EncodedCriterion, share: I64) -> int:
    """Return the largest product of a criterion's points and a mentee's share (M,)."""
    points, row_of = (
        (coded.table, coded.mentee_codes) if isinstance(coded, ByTable) else (coded.curve, coded.mentee_row)
    )
    return int((points.max(axis=1, initial=0)[row_of] * share).max(initial=0))


def shared_overlap(coded: ByBits, share: I64) -> Overlap:
    """Return a criterion's curves times the mentees' shares (M,): a row for each combination that occurs."""
    stride = int(share.max(initial=0)) + 1
    combined, row_of = np.unique(coded.mentee_row * stride + share, return_inverse=True)
    table = coded.curve[combined // stride] * (combined % stride).astype(np.int32)[:, np.newaxis]
    return Overlap(coded.mentee_bits, coded.mentor_bits, table, row_of.astype(np.int64))


def as_small_table(coded: EncodedCriterion, most_cells: int = MOST_CELLS) -> EncodedCriterion:
    """Return bits with few distinct patterns as a table, which is faster; anything else unchanged."""
    if isinstance(coded, ByTable):
        return coded
    mentees, mentors = _sides(coded)
    return _table(coded, mentees, mentors) if len(mentees[0]) * len(mentors[0]) <= most_cells else coded


def as_table(coded: ByBits) -> ByTable:
    """Return bits as a table, however large: a cell for each pair of patterns that occur."""
    return _table(coded, *_sides(coded))


def _sides(coded: ByBits) -> tuple[tuple[I64, I32], tuple[I64, I32]]:
    return _unique_columns([*coded.mentee_bits, coded.mentee_row]), _unique_columns([*coded.mentor_bits])


def _table(coded: ByBits, mentees: tuple[I64, I32], mentors: tuple[I64, I32]) -> ByTable:
    points = coded.points(mentees[0][:, np.newaxis], mentors[0][np.newaxis, :])
    return ByTable(points.astype(np.int32), mentees[1], mentors[1], hard_from=coded.hard_from)


def _unique_columns(keys: list[AnyArray]) -> tuple[I64, I32]:
    """Return one position of each distinct column, and every column's code."""
    merged: I64 = np.zeros(len(keys[0]), dtype=np.int64)
    for row in keys:
        _, codes = np.unique(row, return_inverse=True)
        _, merged = np.unique(merged * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)
    _, first, codes_of_columns = np.unique(merged, return_index=True, return_inverse=True)
    return first.astype(np.int64), codes_of_columns.astype(np.int32)
