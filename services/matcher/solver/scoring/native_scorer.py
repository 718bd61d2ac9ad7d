"""Scoring passes in C; twin of ``python_scorer``."""

import ctypes
from collections.abc import Sequence

import numpy as np

from ..arrays import I64, U64, AnyArray
from ..native import CStruct, NativeLibrary, Slice, fields, number, pointer, pointers, share_out, threads_for
from .candidate_lists import (
    ALL_CUT,
    NO_CUT,
    NOTHING,
    CandidateLists,
    DualPrices,
    Pause,
    PriceGuess,
    SlackBound,
    ViolatedPairs,
    no_cuts,
)
from .mentee_grouping import Grouping
from .native_lists import NativeLists
from .native_pool import NativePool
from .score_model import ScoreModel

SLICE = 64  # least number of mentees between two calls of pause
SLICE_PAIRS = 4_000_000  # pairs between two calls of pause, about 10 ms
SLICES, WORTH_A_THREAD = 16, 500_000  # slices for balance between threads; least pairs per slice
LOOKED_AT = 8  # slack bounds leave about one mentee in this many
SAMPLED = 8  # one mentee in this many is in the sample
FOUND_AT_ONCE = 1 << 16  # violated pairs returned by one call
BONUS_CLASS = 12  # bits; mentees of nearly equal bonus are scored together


class _PricesFields(ctypes.Structure):
    _fields_ = fields("stairs", "u p v q spare fallen", "room found")
    _fields_ += fields("", "mentee mentor value")


class NativeScorer:
    """Passes over one pool in C. Arrays must be checked; ``keys`` are those of mentees and mentors."""

    def __init__(
        self,
        core: NativeLibrary,
        scores: ScoreModel,
        grouping: Grouping,
        open_mentor: AnyArray,
        keys: tuple[U64, U64],
        threads: int | None = None,
    ) -> None:
        self._core = core
        self._threads = threads
        self._class_of = grouping.class_of
        self._pool = NativePool(scores, grouping, open_mentor, keys)

    def collect(
        self,
        mentor_keep: int,
        mentee_keep: int,
        ranked: int,
        pause: Pause,
        *,
        guess: PriceGuess | None = None,
        among: I64 | None = None,
    ) -> CandidateLists:
        """Return the candidate lists of both sides; the best ``ranked`` of each mentee are in order.

        With a ``guess``, mentees rank mentors by value less its price, and mentors have no lists. ``among`` are the
        mentees to scan, by default all.
        """
        order = self._by_class(
            self._pool.scores.mentee_bonus, np.arange(self._pool.mentees) if among is None else among
        )
        if guess is not None:
            return self._collect_by_price(mentee_keep, guess, order, pause)
        lists = self._lists(mentor_keep, mentee_keep, min(ranked, mentee_keep))
        if mentor_keep and len(order) >= SAMPLED * mentor_keep:
            # A sample estimates the cut of each mentor's list, which avoids most of the sorting.
            sample = self._lists(-(-mentor_keep // SAMPLED) + 2, 0, 0)
            self._pass_over(sample, np.ascontiguousarray(order[::SAMPLED]), pause)
            lists.cut_at(sample.arrays["mentor_cut"])
        self._pass_over(lists, order, pause)
        return self._candidate_lists(lists, np.zeros(self._pool.mentors, np.int64))

    def _collect_by_price(self, keep: int, guess: PriceGuess, order: I64, pause: Pause) -> CandidateLists:
        lists, price = self._lists(0, keep, 0), self._pool.bounded(guess.price)
        lists.rank_by_price(self._pool.by_position(price), guess.floor)
        with self._pool.with_prices(price):
            self._pass_over(lists, order, pause)
        return self._candidate_lists(lists, price)

    def _lists(self, mentor_keep: int, mentee_keep: int, ranked: int) -> NativeLists:
        return NativeLists(self._pool.mentees, self._pool.width, mentor_keep, mentee_keep, ranked)

    def _pass_over(self, lists: NativeLists, order: I64, pause: Pause) -> None:
        """Fill the lists from the mentees of ``order``; threads scan different mentees, and their lists are merged."""
        slices = self._slices(len(order))
        lanes = [lists] + [lists.for_thread() for _ in range(threads_for(len(slices), self._threads) - 1)]

        def scan(lane: int, at: Slice) -> None:
            own_lists, narrow = lanes[lane].reference, int(self._pool.narrow)
            ends = number(at[0]), number(at[1])
            _checked(self._core.cairn_collect(self._pool.reference, own_lists, pointer(order), *ends, narrow))

        share_out(slices, len(lanes), scan, pause)
        if not lists.structure.mentor_keep:
            return
        for lane in lanes:
            _checked(self._core.cairn_trim(self._pool.reference, lane.reference))
        for lane in lanes[1:]:
            _checked(self._core.cairn_merge(self._pool.reference, lists.reference, lane.reference))

    def _slices(self, mentees: int, worth: int = WORTH_A_THREAD) -> list[Slice]:
        mentors = max(1, self._pool.mentors)
        step = max(SLICE, min(SLICE_PAIRS // mentors, max(mentees // SLICES, worth // mentors)))
        return [(at, min(at + step, mentees)) for at in range(0, mentees, step)]

    def _candidate_lists(self, lists: NativeLists, price: I64) -> CandidateLists:
        arrays = lists.arrays
        indptr = np.zeros(self._pool.mentees + 1, np.int64)
        self._core.cairn_count(self._pool.reference, lists.reference, pointer(indptr))
        room = int(indptr[-1])
        mentor, value, tie = np.empty(room, np.int32), np.empty(room, np.int64), np.empty(room, np.int64)
        next_edge, seen = np.empty(self._pool.mentees, np.int64), np.empty(self._pool.width, np.int32)
        used = self._core.cairn_edges(
            self._pool.reference, lists.reference, *pointers(indptr, next_edge, seen, mentor, value, tie)
        )
        mentor_cut = no_cuts(self._pool.mentors)
        mentor_cut[self._pool.order] = arrays["mentor_cut"][: self._pool.mentors]
        if not lists.structure.mentor_keep:
            mentor_cut[:] = ALL_CUT
        if not lists.structure.guide:
            arrays["mentee_cut"][arrays["mentee_cut"][:, 1] == NO_CUT[1], 0] = NOTHING
        if not lists.structure.mentee_keep:
            arrays["mentee_cut"][:] = ALL_CUT
        mentor = self._pool.order.astype(np.int32)[mentor[:used]]
        best = arrays["mentee_list"][:, : lists.structure.ranked]
        listed = np.arange(best.shape[1]) < arrays["mentee_length"][:, None]
        return CandidateLists(
            indptr=indptr,
            mentor=mentor,
            value=value[:used] + price[mentor],
            tie=tie[:used],
            mentee_cut=arrays["mentee_cut"],
            mentor_cut=mentor_cut,
            eligible=arrays["eligible"],
            best=np.append(self._pool.order, -1)[np.where(listed, best, self._pool.mentors)],
            price=price,
        )

    def price(
        self, prices: DualPrices, mentees: I64, active: AnyArray, pause: Pause, slack_bounds: Sequence[SlackBound] = ()
    ) -> ViolatedPairs:
        """Return pairs of ``mentees`` and ``active`` mentors with negative reduced cost, within all slack bounds."""
        by_position = self._pool.by_position
        arrays = {
            "u": prices.mentee,
            "p": prices.mentee_tie,
            "v": by_position(prices.mentor),
            "q": by_position(prices.mentor_tie),
            "spare": np.array([slack_bound.spare for slack_bound in slack_bounds], np.int64),
            "fallen": np.array([by_position(slack_bound.fallen) for slack_bound in slack_bounds], np.int64),
        }
        wanted = self._pool.bits(active.astype(bool) & self._pool.open_mentor)
        order = self._by_class(self._pool.scores.mentee_bonus - prices.mentee, mentees)
        slices = self._slices(len(order), LOOKED_AT * WORTH_A_THREAD if slack_bounds else WORTH_A_THREAD)
        lanes = [_new_prices(arrays, len(slack_bounds)) for _ in range(threads_for(len(slices), self._threads))]
        parts = [np.zeros((3, 0), np.int64)]

        def scan(lane: int, at: Slice) -> None:
            found, reached = lanes[lane], at[0]
            while reached < at[1]:
                reached = _checked(
                    self._core.cairn_price(
                        self._pool.reference,
                        found.reference,
                        *pointers(wanted, order),
                        number(reached),
                        number(at[1]),
                        int(self._pool.narrow),
                    )
                )
                size = found.structure.found
                if size:
                    columns = [found.arrays[name][:size].astype(np.int64) for name in ("mentee", "mentor", "value")]
                    parts.append(np.stack(columns))
                found.structure.found = 0

        share_out(slices, len(lanes), scan, pause)
        mentee, position, value = np.concatenate(parts, axis=1)
        return ViolatedPairs(mentee, self._pool.order[position], value)

    def _by_class(self, offset: I64, mentees: I64) -> I64:
        """Order mentees by offset class, then mentee class, so that neighbours share cells and masks."""
        chosen = offset[mentees] >> (BONUS_CLASS if self._pool.narrow else 27)
        mentee_class = self._class_of[mentees]
        if len(chosen) and chosen.min() == chosen.max():
            return np.ascontiguousarray(mentees[np.argsort(mentee_class, kind="stable")])
        return np.ascontiguousarray(mentees[np.lexsort((mentee_class, chosen))])


def _new_prices(arrays: dict[str, I64], slack_bounds: int) -> CStruct:
    return CStruct(
        _PricesFields(room=FOUND_AT_ONCE, found=0, stairs=slack_bounds),
        **arrays,
        mentee=np.empty(FOUND_AT_ONCE, np.int32),
        mentor=np.empty(FOUND_AT_ONCE, np.int32),
        value=np.empty(FOUND_AT_ONCE, np.int64),
    )


def _checked(reached: int) -> int:
    if reached < 0:
        raise MemoryError("no memory for the scoring pass")
    return reached
