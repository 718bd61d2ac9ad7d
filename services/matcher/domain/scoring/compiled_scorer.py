"""Scoring passes in the compiled core; twin of `plain_scorer`."""

import ctypes

import numpy as np

from services.matcher.domain.arrays import I64, U64, AnyArray
from services.matcher.domain.compiled import Core, Held, Slice, fields, lanes_for, number, pointer, pointers, share_out
from services.matcher.domain.scoring.bounds import largest_fit
from services.matcher.domain.scoring.grouping import Grouping
from services.matcher.domain.scoring.lists import (
    ALL_CUT,
    NO_CUT,
    NOTHING,
    Guide,
    Lists,
    Pause,
    Prices,
    Uncovered,
    no_cuts,
)
from services.matcher.domain.scoring.scores import Overlap, Scores

NARROW_FIT = 24_000  # sums of 16-bit cells, with room for the bonuses of neighbours
NARROW_CELL, WIDE_GUIDE = 32_000, 2**28
SLICE = 64  # mentees between two looks at the clock, at least
SLICE_PAIRS = 4_000_000  # pairs between two looks, about 10 ms
SAMPLED = 8  # one mentee in so many is asked first
FOUND_AT_ONCE = 1 << 16  # uncovered pairs handed over in one go
BONUS_CLASS = 12  # bits; mentees of nearly equal bonus are scored together


class _PoolFields(ctypes.Structure):
    _fields_ = fields(
        "mentees mentors width rules tables overlaps",
        "kind_of rows bits open excluded_start excluded mentee_codes expanded expanded_start bonus overlap_words "
        "mentee_bits mentor_bits overlap_table overlap_start overlap_row overlap_most mentee_bonus mentee_key "
        "mentor_key",
    )


class _ListsFields(ctypes.Structure):
    _fields_ = fields(
        "mentor_keep mentee_keep ranked",
        "guide floor mentor_length mentor_list mentor_value mentor_cut mentee_length mentee_list mentee_value "
        "mentee_cut eligible",
    )


class _PricesFields(ctypes.Structure):
    _fields_ = fields("", "u p v q", "room found")
    _fields_ += fields("", "mentee mentor value")


class CompiledScorer:
    """One pool, ready to be passed over in C. Arrays are checked; `mentee_key`, `mentor_key` give the ties."""

    def __init__(
        self,
        core: Core,
        scores: Scores,
        grouping: Grouping,
        open_mentor: AnyArray,
        keys: tuple[U64, U64],
        threads: int | None = None,
    ) -> None:
        self._core = core
        self._threads = threads
        self._scores = scores
        self._grouping = grouping
        self._order = grouping.mentor_order
        self._mentees, self._mentors = len(scores.mentee_bonus), len(self._order)
        self._width = max(64, -(-self._mentors // 64) * 64)
        self._fit = largest_fit(scores)
        self._narrow = self._fit <= NARROW_FIT
        self._pool = self._built(open_mentor, keys)

    def _built(self, open_mentor: AnyArray, keys: tuple[U64, U64]) -> Held:
        scores, grouping, width = self._scores, self._grouping, self._width
        expanded, expanded_start = self._expanded()
        overlaps = scores.overlaps
        self._open = open_mentor.astype(bool)
        return Held(
            _PoolFields(
                mentees=self._mentees,
                mentors=self._mentors,
                width=width,
                rules=grouping.rows.shape[1],
                tables=len(scores.tables),
                overlaps=len(overlaps),
            ),
            kind_of=grouping.kind_of,
            rows=grouping.rows,
            bits=_padded(grouping.bits, width // 64),
            open=self._bits(self._open),
            excluded_start=grouping.excluded_start,
            excluded=grouping.excluded,
            mentee_codes=scores.mentee_codes,
            expanded=expanded,
            expanded_start=expanded_start,
            bonus=self._bonus(None),
            overlap_words=np.array([len(overlap.mentee_bits) for overlap in overlaps], np.int64),
            mentee_bits=np.concatenate([np.zeros((0, self._mentees), np.uint64), *(o.mentee_bits for o in overlaps)]),
            mentor_bits=np.concatenate(
                [np.zeros((0, width), np.uint64), *(self._by_position(o.mentor_bits) for o in overlaps)]
            ),
            overlap_table=np.concatenate([np.zeros(0, np.int32), *(o.table.ravel() for o in overlaps)]),
            overlap_start=_starts([o.table.size for o in overlaps]),
            overlap_row=np.concatenate(
                [np.zeros((0, self._mentees), np.int64), *(o.mentee_row[None] for o in overlaps)]
            ),
            overlap_most=np.array([_most(o) for o in overlaps], np.int64),
            mentee_bonus=scores.mentee_bonus,
            mentee_key=keys[0],
            mentor_key=self._by_position(keys[1]),
        )

    def _by_position(self, array: AnyArray) -> AnyArray:
        """Put mentors (last axis) into positions and pad with zeros."""
        return _padded(array[..., self._order], self._width)

    def _bits(self, mentors: AnyArray) -> U64:
        """Return one bit per position."""
        return np.packbits(self._by_position(mentors.astype(np.uint8)), bitorder="little").view(np.uint64)

    def _expanded(self) -> tuple[AnyArray, I64]:
        """Look every table up once per (mentee code, mentor): the inner loop then only adds rows."""
        cell = np.int16 if self._narrow else np.int32
        codes = self._scores.mentor_codes[:, self._order]
        start = _starts([table.shape[0] * self._width for table in self._scores.tables])
        cells = np.zeros(int(start[-1]), cell)
        for t, table in enumerate(self._scores.tables):
            rows = cells[start[t] : start[t + 1]].reshape(table.shape[0], self._width)
            rows[:, : self._mentors] = table.astype(cell)[:, codes[t]]
        return cells, start

    def _bonus(self, guide: I64 | None) -> AnyArray:
        bonus = self._scores.mentor_bonus if guide is None else self._scores.mentor_bonus - guide
        return self._by_position(bonus).astype(np.int16 if self._narrow else np.int32)

    def collect(
        self,
        mentor_keep: int,
        mentee_keep: int,
        ranked: int,
        pause: Pause,
        *,
        guide: Guide | None = None,
        among: I64 | None = None,
    ) -> Lists:
        """Keep the best of both sides in one pass; the `ranked` best of each mentee come in order.

        With a `guide` mentees rank mentors by value less its price, and no lists of mentors are kept. `among` names the
        mentees to look at, all when not given.
        """
        order = self._by_class(self._scores.mentee_bonus, np.arange(self._mentees) if among is None else among)
        if guide is not None:
            return self._guided(mentee_keep, guide, order, pause)
        held = self._lists(mentor_keep, mentee_keep, min(ranked, mentee_keep))
        if mentor_keep and len(order) >= SAMPLED * mentor_keep:
            # A sample tells about where each mentor's list will end, which spares most of the sorting in between.
            sample = self._lists(-(-mentor_keep // SAMPLED) + 2, 0, 0)
            self._pass_over(sample, np.ascontiguousarray(order[::SAMPLED]), pause)
            held.arrays["mentor_cut"][:] = sample.arrays["mentor_cut"]
            held.arrays["mentor_cut"][:, 1] = NO_CUT[1]
        self._pass_over(held, order, pause)
        return self._listed(held, np.zeros(self._mentors, np.int64))

    def _guided(self, keep: int, guide: Guide, order: I64, pause: Pause) -> Lists:
        held, price = self._lists(0, keep, 0), self._bounded(guide.price)
        held.swap("guide", self._by_position(price))
        held.swap("floor", guide.floor)
        without = self._pool.swap("bonus", self._bonus(price))
        try:
            self._pass_over(held, order, pause)
        finally:
            self._pool.swap("bonus", without)
        return self._listed(held, price)

    def _bounded(self, guide: I64) -> I64:
        """Keep sums inside their cells. Any guide is as true as another; it only has to be the one that was used."""
        bounded: I64 = np.clip(guide, 0, (NARROW_CELL - self._fit) if self._narrow else WIDE_GUIDE)
        return bounded

    def _lists(self, mentor_keep: int, mentee_keep: int, ranked: int) -> Held:
        return Held(
            _ListsFields(mentor_keep=mentor_keep, mentee_keep=mentee_keep, ranked=ranked),
            **self._mentor_lists(mentor_keep),
            mentee_length=np.zeros(self._mentees, np.int32),
            mentee_list=np.empty((self._mentees, mentee_keep), np.int32),
            mentee_value=np.empty((self._mentees, mentee_keep), np.int64),
            mentee_cut=no_cuts(self._mentees),
            eligible=np.zeros(self._mentees, np.int64),
        )

    def _mentor_lists(self, keep: int) -> dict[str, AnyArray]:
        return {
            "mentor_length": np.zeros(self._width, np.int32),
            "mentor_list": np.empty((self._width, 2 * keep), np.int32),
            "mentor_value": np.empty((self._width, 2 * keep), np.int64),
            "mentor_cut": no_cuts(self._width),
        }

    def _beside(self, held: Held) -> Held:
        """Return the same lists of mentees with lists of mentors of their own, for another thread."""
        other = {name: held.arrays[name] for name in ("mentee_length", "mentee_list", "mentee_value", "mentee_cut")}
        keep = held.structure
        lists = Held(
            _ListsFields(mentor_keep=keep.mentor_keep, mentee_keep=keep.mentee_keep, ranked=keep.ranked),
            **self._mentor_lists(keep.mentor_keep),
            **other,
            eligible=held.arrays["eligible"],
        )
        lists.arrays["mentor_cut"][:] = held.arrays["mentor_cut"]
        for name in ("guide", "floor"):
            if name in held.arrays:
                lists.swap(name, held.arrays[name])
        return lists

    def _pass_over(self, held: Held, order: I64, pause: Pause) -> None:
        """Keep the best among the mentees of `order`; threads see different mentees and are brought together after."""
        slices = self._slices(len(order), SLICE)
        lanes = [held] + [self._beside(held) for _ in range(lanes_for(len(slices), self._threads) - 1)]

        def look(lane: int, at: Slice) -> None:
            keep, narrow = lanes[lane].reference, int(self._narrow)
            ends = number(at[0]), number(at[1])
            _enough(self._core.cairn_collect(self._pool.reference, keep, pointer(order), *ends, narrow))

        share_out(slices, len(lanes), look, pause)
        if not held.structure.mentor_keep:
            return
        for lane in lanes:
            _enough(self._core.cairn_trim(self._pool.reference, lane.reference))
        for lane in lanes[1:]:
            _enough(self._core.cairn_merge(self._pool.reference, held.reference, lane.reference))

    def _slices(self, mentees: int, least: int) -> list[Slice]:
        step = max(least, SLICE_PAIRS // max(1, self._mentors))
        return [(at, min(at + step, mentees)) for at in range(0, mentees, step)]

    def _listed(self, held: Held, guide: I64) -> Lists:
        lists = held.arrays
        indptr = np.zeros(self._mentees + 1, np.int64)
        self._core.cairn_count(self._pool.reference, held.reference, pointer(indptr))
        room = int(indptr[-1])
        mentor, value, tie = np.empty(room, np.int32), np.empty(room, np.int64), np.empty(room, np.int64)
        fill, seen = np.empty(self._mentees, np.int64), np.empty(self._width, np.int32)
        used = self._core.cairn_edges(
            self._pool.reference, held.reference, *pointers(indptr, fill, seen, mentor, value, tie)
        )
        mentor_cut = no_cuts(self._mentors)
        mentor_cut[self._order] = lists["mentor_cut"][: self._mentors]
        if not held.structure.mentor_keep:
            mentor_cut[:] = ALL_CUT
        if not held.structure.guide:
            lists["mentee_cut"][lists["mentee_cut"][:, 1] == NO_CUT[1], 0] = NOTHING
        if not held.structure.mentee_keep:
            lists["mentee_cut"][:] = ALL_CUT
        mentor = self._order.astype(np.int32)[mentor[:used]]
        best = lists["mentee_list"][:, : held.structure.ranked]
        listed = np.arange(best.shape[1]) < lists["mentee_length"][:, None]
        return Lists(
            indptr=indptr,
            mentor=mentor,
            value=value[:used] + guide[mentor],
            tie=tie[:used],
            mentee_cut=lists["mentee_cut"],
            mentor_cut=mentor_cut,
            eligible=lists["eligible"],
            best=np.append(self._order, -1)[np.where(listed, best, self._mentors)],
            guide=guide,
        )

    def price(self, prices: Prices, mentees: I64, active: AnyArray, pause: Pause) -> Uncovered:
        """Find pairs of `mentees` with `active` mentors that the prices do not cover."""
        by_position = self._by_position
        paid = {
            "u": prices.mentee,
            "p": prices.mentee_tie,
            "v": by_position(prices.mentor),
            "q": by_position(prices.mentor_tie),
        }
        wanted = self._bits(active.astype(bool) & self._open)
        order = self._by_class(self._scores.mentee_bonus - prices.mentee, mentees)
        slices = self._slices(len(order), SLICE)
        lanes = [self._room(paid) for _ in range(lanes_for(len(slices), self._threads))]
        parts = [np.zeros((3, 0), np.int64)]

        def look(lane: int, at: Slice) -> None:
            found, reached = lanes[lane], at[0]
            while reached < at[1]:
                reached = _enough(
                    self._core.cairn_price(
                        self._pool.reference,
                        found.reference,
                        *pointers(wanted, order),
                        number(reached),
                        number(at[1]),
                        int(self._narrow),
                    )
                )
                size = found.structure.found
                if size:
                    some = [found.arrays[name][:size].astype(np.int64) for name in ("mentee", "mentor", "value")]
                    parts.append(np.stack(some))
                found.structure.found = 0

        share_out(slices, len(lanes), look, pause)
        mentee, position, value = np.concatenate(parts, axis=1)
        return Uncovered(mentee, self._order[position], value)

    def _room(self, paid: dict[str, I64]) -> Held:
        return Held(
            _PricesFields(room=FOUND_AT_ONCE, found=0),
            **paid,
            mentee=np.empty(FOUND_AT_ONCE, np.int32),
            mentor=np.empty(FOUND_AT_ONCE, np.int32),
            value=np.empty(FOUND_AT_ONCE, np.int64),
        )

    def _by_class(self, offset: I64, mentees: I64) -> I64:
        """Order mentees so that neighbours have nearly equal offsets and equal kinds."""
        chosen = offset[mentees] >> (BONUS_CLASS if self._narrow else 27)
        kind = self._grouping.kind_of[mentees]
        if len(chosen) and chosen.min() == chosen.max():
            return np.ascontiguousarray(mentees[np.argsort(kind, kind="stable")])
        return np.ascontiguousarray(mentees[np.lexsort((kind, chosen))])


def _enough(reached: int) -> int:
    if reached < 0:
        raise MemoryError("no memory for the scoring pass")
    return reached


def _padded(array: AnyArray, width: int) -> AnyArray:
    wide = np.zeros((*array.shape[:-1], width), array.dtype)
    wide[..., : array.shape[-1]] = array
    return wide


def _starts(sizes: list[int]) -> I64:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _most(overlap: Overlap) -> int:
    return int(overlap.table.max(initial=0)) if overlap.table.size else 0
