"""A pool as the compiled scorer sees it: mentors in an order of their own, tables looked up once per mentor."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from services.matcher.domain.arrays import I64, U64, AnyArray
from services.matcher.domain.compiled import Held, fields
from services.matcher.domain.scoring.bounds import largest_fit
from services.matcher.domain.scoring.grouping import Grouping
from services.matcher.domain.scoring.scores import Overlap, Scores, largest
from services.matcher.domain.scoring.shares import multiplied

NARROW_FIT = 24_000  # sums of 16-bit cells, with room for the bonuses of neighbours
POINTS = 2**15 - 1  # what is multiplied by shares
NARROW_CELL, WIDE_GUIDE = 32_000, 2**28  # what fit and guide may add up to


class _PoolFields(ctypes.Structure):
    _fields_ = fields(
        "mentees mentors width rules tables overlaps",
        "kind_of rows bits open excluded_start excluded mentee_codes mentee_share expanded expanded_start bonus "
        "overlap_words mentee_bits mentor_bits overlap_table overlap_start overlap_row overlap_most mentee_bonus "
        "mentee_key mentor_key",
    )


class CompiledPool(Held):
    """Twin structure of `pool.h`. Arrays are checked; `keys` of mentees and mentors give the ties."""

    def __init__(self, scores: Scores, grouping: Grouping, open_mentor: AnyArray, keys: tuple[U64, U64]) -> None:
        self.scores = scores
        self.order = grouping.mentor_order
        self.mentees, self.mentors = len(scores.mentee_bonus), len(self.order)
        self.width = max(64, -(-self.mentors // 64) * 64)
        self.open_mentor = open_mentor.astype(bool)
        self._fit = largest_fit(scores)
        self.narrow = self._fit <= NARROW_FIT
        if scores.mentee_share is not None and max(map(largest, scores.tables), default=0) > POINTS:
            scores = multiplied(scores)  # too large for 16 bits: a row for every code with every share
        self._tables = scores
        shares = {} if scores.mentee_share is None else {"mentee_share": scores.mentee_share}
        expanded, expanded_start = self._expanded()
        overlaps, width = scores.overlaps, self.width
        super().__init__(
            _PoolFields(
                mentees=self.mentees,
                mentors=self.mentors,
                width=width,
                rules=grouping.rows.shape[1],
                tables=len(scores.tables),
                overlaps=len(overlaps),
            ),
            kind_of=grouping.kind_of,
            rows=grouping.rows,
            bits=_padded(grouping.bits, width // 64),
            open=self.bits(self.open_mentor),
            excluded_start=grouping.excluded_start,
            excluded=grouping.excluded,
            mentee_codes=scores.mentee_codes,
            expanded=expanded,
            expanded_start=expanded_start,
            bonus=self._bonus(None),
            overlap_words=np.array([len(overlap.mentee_bits) for overlap in overlaps], np.int64),
            mentee_bits=np.concatenate([np.zeros((0, self.mentees), np.uint64), *(o.mentee_bits for o in overlaps)]),
            mentor_bits=np.concatenate(
                [np.zeros((0, width), np.uint64), *(self.by_position(o.mentor_bits) for o in overlaps)]
            ),
            overlap_table=np.concatenate([np.zeros(0, np.int32), *(o.table.ravel() for o in overlaps)]),
            overlap_start=_starts([o.table.size for o in overlaps]),
            overlap_row=np.concatenate(
                [np.zeros((0, self.mentees), np.int64), *(o.mentee_row[None] for o in overlaps)]
            ),
            overlap_most=sum((_most(o) for o in overlaps), np.zeros(self.mentees, np.int64)),
            mentee_bonus=scores.mentee_bonus,
            mentee_key=keys[0],
            mentor_key=self.by_position(keys[1]),
            **shares,
        )

    def by_position(self, array: AnyArray) -> AnyArray:
        """Put mentors (last axis) into positions and pad with zeros."""
        return _padded(array[..., self.order], self.width)

    def bits(self, mentors: AnyArray) -> U64:
        """Return one bit per position."""
        return np.packbits(self.by_position(mentors.astype(np.uint8)), bitorder="little").view(np.uint64)

    def bounded(self, guide: I64) -> I64:
        """Keep sums inside their cells. Any guide is as true as another; it only has to be the one that was used."""
        bounded: I64 = np.clip(guide, 0, (NARROW_CELL - self._fit) if self.narrow else WIDE_GUIDE)
        return bounded

    @contextmanager
    def less(self, guide: I64) -> Iterator[None]:
        """Take a bounded guide (N,) off what every mentor is worth, for a while."""
        without = self.swap("bonus", self._bonus(guide))
        try:
            yield
        finally:
            self.swap("bonus", without)

    def _expanded(self) -> tuple[AnyArray, I64]:
        """Look every table up once per (mentee code, mentor): the inner loop then only adds rows."""
        whole = np.int16 if self.narrow else np.int32
        cell = whole if self._tables.mentee_share is None else np.int16
        codes = self._tables.mentor_codes[:, self.order]
        start = _starts([table.shape[0] * self.width for table in self._tables.tables])
        cells = np.zeros(int(start[-1]), cell)
        for t, table in enumerate(self._tables.tables):
            rows = cells[start[t] : start[t + 1]].reshape(table.shape[0], self.width)
            rows[:, : self.mentors] = table.astype(cell)[:, codes[t]]
        return cells, start

    def _bonus(self, guide: I64 | None) -> AnyArray:
        bonus = self.scores.mentor_bonus if guide is None else self.scores.mentor_bonus - guide
        return self.by_position(bonus).astype(np.int16 if self.narrow else np.int32)


def _padded(array: AnyArray, width: int) -> AnyArray:
    wide = np.zeros((*array.shape[:-1], width), array.dtype)
    wide[..., : array.shape[-1]] = array
    return wide


def _starts(sizes: list[int]) -> I64:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _most(overlap: Overlap) -> I64:
    """Return (M,) what the overlap can be worth to each mentee."""
    most: I64 = overlap.table.max(axis=1, initial=0).astype(np.int64)[overlap.mentee_row]
    return most
