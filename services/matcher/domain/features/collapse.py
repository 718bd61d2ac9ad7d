"""Fewer, larger tables: the kernel looks up each table once per pair, so small ones are added together beforehand."""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.arrays import I32, I64
from services.matcher.domain.features.coded import ByBits

MOST_CELLS = 1 << 15


@dataclass(frozen=True)
class Scaled:
    """A table whose points are already multiplied by the mentees' shares."""

    table: I32
    mentee_codes: I32
    mentor_codes: I32


def collapse(tables: list[Scaled]) -> list[Scaled]:
    """Add tables together while the result stays small; the sum over all tables is the same for every pair."""
    waiting = sorted(tables, key=lambda one: one.table.size)
    kept: list[Scaled] = []
    while waiting:
        merged = waiting.pop(0)
        while waiting:
            candidate = _add(merged, waiting[0])
            if candidate is None:
                break
            merged = candidate
            waiting.pop(0)
        kept.append(merged)
    return kept


def bits_as_table(bits: ByBits, most_cells: int = MOST_CELLS) -> tuple[I32, I32, I32] | None:
    """Counted bits as (table, mentee codes, mentor codes), where the distinct rows are few; else None."""
    mentee_keys = np.vstack([bits.mentee_bits, bits.mentee_row[np.newaxis].astype(np.uint64)])
    rows, mentee_codes = _unique_columns(mentee_keys)
    columns, mentor_codes = _unique_columns(bits.mentor_bits)
    if len(rows) * len(columns) > most_cells:
        return None
    table = bits.points(rows[:, np.newaxis], columns[np.newaxis, :])
    return table.astype(np.int32), mentee_codes, mentor_codes


def _add(one: Scaled, other: Scaled) -> Scaled | None:
    rows, mentee_codes = _unique_columns(np.vstack([one.mentee_codes, other.mentee_codes]))
    columns, mentor_codes = _unique_columns(np.vstack([one.mentor_codes, other.mentor_codes]))
    if len(rows) * len(columns) > MOST_CELLS:
        return None
    first = one.table[one.mentee_codes[rows][:, np.newaxis], one.mentor_codes[columns]]
    second = other.table[other.mentee_codes[rows][:, np.newaxis], other.mentor_codes[columns]]
    return Scaled(first + second, mentee_codes, mentor_codes)


def _unique_columns(keys: np.ndarray[tuple[int, int], np.dtype[np.generic]]) -> tuple[I64, I32]:
    """For each distinct column one place where it stands, and every column's code."""
    merged: I64 = np.zeros(keys.shape[1], dtype=np.int64)
    for row in keys:
        _, codes = np.unique(row, return_inverse=True)
        merged = merged * (int(codes.max(initial=0)) + 1) + codes
        _, merged = np.unique(merged, return_inverse=True)
    _, first, codes = np.unique(merged, return_index=True, return_inverse=True)
    return first.astype(np.int64), codes.astype(np.int32)
