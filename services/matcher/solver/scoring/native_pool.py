"""A pool in the layout of the compiled scorer: mentors reordered, tables expanded to one cell per mentor."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from ..arrays import I64, U64, AnyArray
from ..native import CStruct, fields
from .bit_slices import SharedSlots, flat, levels_of
from .bounds import largest_fit
from .expanded_tables import multiplied
from .mentee_grouping import Grouping
from .score_model import ScoreModel, largest

NARROW_FIT = 24_000  # largest fit for 16-bit cells; leaves room for bonuses of neighbouring mentees
POINTS = 2**15 - 1  # largest number that shares multiply
NARROW_CELL, WIDE_PRICE = 32_000, 2**28  # largest sums of fit and price


class _PoolFields(ctypes.Structure):
    _fields_ = fields(
        "mentees mentors width rules tables overlaps slot_stride",
        "kind_of rows bits open excluded_start excluded mentee_codes mentee_share expanded expanded_start even bonus "
        "least overlap_words mentee_bits mentor_bits overlap_table overlap_start overlap_row levels levels_start flat "
        "slots all_slots all_counts mentee_bonus mentee_key mentor_key",
    )


class NativePool(CStruct):
    """Twin of the struct ``Pool`` in ``pool.h``. Arrays must be checked; ``keys`` are those of mentees and mentors."""

    def __init__(self, scores: ScoreModel, grouping: Grouping, open_mentor: AnyArray, keys: tuple[U64, U64]) -> None:
        self.scores = scores
        self.order = grouping.mentor_order
        self.mentees, self.mentors = len(scores.mentee_bonus), len(self.order)
        self.width = max(64, -(-self.mentors // 64) * 64)
        self.open_mentor = open_mentor.astype(bool)
        self._fit = largest_fit(scores)
        self.narrow = self._fit <= NARROW_FIT
        if scores.mentee_share is not None and max(map(largest, scores.tables), default=0) > POINTS:
            scores = multiplied(scores)  # too large for 16 bits: one row for each code and share
        self._tables = scores
        optional = {} if scores.mentee_share is None else {"mentee_share": scores.mentee_share}
        if scores.least is not None:
            optional["least"] = self._least(None)
        expanded, expanded_start = self._expanded()
        even = (expanded[:, : self.mentors] == expanded[:, :1]).all(axis=1)
        overlaps, width = scores.overlaps, self.width
        shared = SharedSlots([self.by_position(overlap.mentor_bits) for overlap in overlaps], width)
        levels = [levels_of(overlap.table) for overlap in overlaps]
        super().__init__(
            _PoolFields(
                mentees=self.mentees,
                mentors=self.mentors,
                width=width,
                rules=grouping.rows.shape[1],
                tables=len(scores.tables),
                overlaps=len(overlaps),
                slot_stride=shared.stride,
            ),
            kind_of=grouping.class_of,
            rows=grouping.rows,
            bits=_padded(grouping.bits, width // 64),
            open=self.bits(self.open_mentor),
            excluded_start=grouping.excluded_start,
            excluded=grouping.excluded,
            mentee_codes=scores.mentee_codes,
            expanded=expanded,
            expanded_start=expanded_start,
            even=even,
            bonus=self._bonus(None),
            overlap_words=np.array([len(overlap.mentee_bits) for overlap in overlaps], np.int64),
            mentee_bits=np.concatenate([np.zeros((0, self.mentees), np.uint64), *(o.mentee_bits for o in overlaps)]),
            mentor_bits=shared.bits,
            overlap_table=np.concatenate([np.zeros(0, np.int32), *(o.table.ravel() for o in overlaps)]),
            overlap_start=_starts([o.table.size for o in overlaps]),
            overlap_row=np.concatenate(
                [np.zeros((0, self.mentees), np.int64), *(o.mentee_row[None] for o in overlaps)]
            ),
            levels=np.concatenate([np.zeros(0, np.int32), *(level.ravel() for level in levels)]),
            levels_start=_starts([level.size for level in levels]),
            flat=np.concatenate([np.zeros(0, bool), *(flat(overlap.table) for overlap in overlaps)]),
            slots=shared.slots,
            all_slots=np.bitwise_or.reduce(shared.bits, axis=1),
            all_counts=shared.all_counts,
            mentee_bonus=scores.mentee_bonus,
            mentee_key=keys[0],
            mentor_key=self.by_position(keys[1]),
            **optional,
        )

    def by_position(self, array: AnyArray) -> AnyArray:
        """Reorder mentors (last axis) by position and pad with zeros."""
        return _padded(array[..., self.order], self.width)

    def bits(self, mentors: AnyArray) -> U64:
        """Return one bit per position, for a mask of mentors."""
        return np.packbits(self.by_position(mentors.astype(np.uint8)), bitorder="little").view(np.uint64)

    def bounded(self, price: I64) -> I64:
        """Clip prices so that sums fit in cells; any prices give correct lists if all steps use the same."""
        bounded: I64 = np.clip(price, 0, (NARROW_CELL - self._fit) if self.narrow else WIDE_PRICE)
        return bounded

    @contextmanager
    def with_prices(self, price: I64) -> Iterator[None]:
        """Subtract bounded prices (N,) from the bonus of mentors and from the lowest fit within the context."""
        saved = {"bonus": self.swap("bonus", self._bonus(price))}
        if self.scores.least is not None:
            saved["least"] = self.swap("least", self._least(price))
        try:
            yield
        finally:
            for name, array in saved.items():
                self.swap(name, array)

    def _expanded(self) -> tuple[AnyArray, I64]:
        """Expand every table to a cell per (mentee code, mentor), so that the inner loop only adds rows."""
        whole = np.int16 if self.narrow else np.int32
        cell = whole if self._tables.mentee_share is None else np.int16
        codes = self._tables.mentor_codes[:, self.order]
        start = _starts([table.shape[0] for table in self._tables.tables])
        rows = np.zeros((max(1, int(start[-1])), self.width), cell)  # at least one, so that there is a row to point at
        for t, table in enumerate(self._tables.tables):
            rows[start[t] : start[t + 1], : self.mentors] = table.astype(cell)[:, codes[t]]
        return rows, start

    def _bonus(self, price: I64 | None) -> AnyArray:
        return self._cells(self.scores.mentor_bonus if price is None else self.scores.mentor_bonus - price)

    def _least(self, price: I64 | None) -> AnyArray:
        """Return the lowest fit in cells, clipped to one above the largest possible fit, which no pair reaches."""
        least = np.full(self.mentors, np.clip(self.scores.least or 0, -self._fit, self._fit + 1), np.int64)
        return self._cells(least if price is None else least - price)

    def _cells(self, of_mentors: AnyArray) -> AnyArray:
        return self.by_position(of_mentors).astype(np.int16 if self.narrow else np.int32)


def _padded(array: AnyArray, width: int) -> AnyArray:
    wide = np.zeros((*array.shape[:-1], width), array.dtype)
    wide[..., : array.shape[-1]] = array
    return wide


def _starts(sizes: list[int]) -> I64:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
