"""Scoring passes in the compiled core; twin of `plain_scorer`."""

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
from .native_lists import CompiledLists
from .native_pool import CompiledPool
from .score_model import ScoreModel

SLICE = 64  # mentees between two looks at the clock, at least
SLICE_PAIRS = 4_000_000  # pairs between two looks, about 10 ms
SLICES, WORTH_A_THREAD = 16, 500_000  # so that no thread waits long for another; pairs for less than which none starts
LOOKED_AT = 8  # stairs leave about one mentee in so many
SAMPLED = 8  # one mentee in so many is asked first
FOUND_AT_ONCE = 1 << 16  # uncovered pairs handed over in one go
BONUS_CLASS = 12  # bits; mentees of nearly equal bonus are scored together


class _PricesFields(ctypes.Structure):
    _fields_ = fields("stairs", "u p v q spare fallen", "room found")
    _fields_ += fields("", "mentee mentor value")


class NativeScorer:
    """One pool, ready to be passed over in C. Arrays are checked; `keys` of mentees and mentors give the ties."""

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
        self._kind_of = grouping.kind_of
        self._pool = CompiledPool(scores, grouping, open_mentor, keys)

    def collect(
        self,
        mentor_keep: int,
        mentee_keep: int,
        ranked: int,
        pause: Pause,
        *,
        guide: PriceGuess | None = None,
        among: I64 | None = None,
    ) -> CandidateLists:
        """Keep the best of both sides in one pass; the `ranked` best of each mentee come in order.

        With a `guide` mentees rank mentors by value less its price, and no lists of mentors are kept. `among` names the
        mentees to look at, all when not given.
        """
        order = self._by_class(
            self._pool.scores.mentee_bonus, np.arange(self._pool.mentees) if among is None else among
        )
        if guide is not None:
            return self._guided(mentee_keep, guide, order, pause)
        held = self._lists(mentor_keep, mentee_keep, min(ranked, mentee_keep))
        if mentor_keep and len(order) >= SAMPLED * mentor_keep:
            # A sample tells about where each mentor's list will end, which spares most of the sorting in between.
            sample = self._lists(-(-mentor_keep // SAMPLED) + 2, 0, 0)
            self._pass_over(sample, np.ascontiguousarray(order[::SAMPLED]), pause)
            held.cut_at(sample.arrays["mentor_cut"])
        self._pass_over(held, order, pause)
        return self._listed(held, np.zeros(self._pool.mentors, np.int64))

    def _guided(self, keep: int, guide: PriceGuess, order: I64, pause: Pause) -> CandidateLists:
        held, price = self._lists(0, keep, 0), self._pool.bounded(guide.price)
        held.guide_by(self._pool.by_position(price), guide.floor)
        with self._pool.less(price):
            self._pass_over(held, order, pause)
        return self._listed(held, price)

    def _lists(self, mentor_keep: int, mentee_keep: int, ranked: int) -> CompiledLists:
        return CompiledLists(self._pool.mentees, self._pool.width, mentor_keep, mentee_keep, ranked)

    def _pass_over(self, held: CompiledLists, order: I64, pause: Pause) -> None:
        """Keep the best among the mentees of `order`; threads see different mentees and are brought together after."""
        slices = self._slices(len(order))
        lanes = [held] + [held.beside() for _ in range(threads_for(len(slices), self._threads) - 1)]

        def look(lane: int, at: Slice) -> None:
            keep, narrow = lanes[lane].reference, int(self._pool.narrow)
            ends = number(at[0]), number(at[1])
            _enough(self._core.cairn_collect(self._pool.reference, keep, pointer(order), *ends, narrow))

        share_out(slices, len(lanes), look, pause)
        if not held.structure.mentor_keep:
            return
        for lane in lanes:
            _enough(self._core.cairn_trim(self._pool.reference, lane.reference))
        for lane in lanes[1:]:
            _enough(self._core.cairn_merge(self._pool.reference, held.reference, lane.reference))

    def _slices(self, mentees: int, worth: int = WORTH_A_THREAD) -> list[Slice]:
        mentors = max(1, self._pool.mentors)
        step = max(SLICE, min(SLICE_PAIRS // mentors, max(mentees // SLICES, worth // mentors)))
        return [(at, min(at + step, mentees)) for at in range(0, mentees, step)]

    def _listed(self, held: CompiledLists, guide: I64) -> CandidateLists:
        lists = held.arrays
        indptr = np.zeros(self._pool.mentees + 1, np.int64)
        self._core.cairn_count(self._pool.reference, held.reference, pointer(indptr))
        room = int(indptr[-1])
        mentor, value, tie = np.empty(room, np.int32), np.empty(room, np.int64), np.empty(room, np.int64)
        fill, seen = np.empty(self._pool.mentees, np.int64), np.empty(self._pool.width, np.int32)
        used = self._core.cairn_edges(
            self._pool.reference, held.reference, *pointers(indptr, fill, seen, mentor, value, tie)
        )
        mentor_cut = no_cuts(self._pool.mentors)
        mentor_cut[self._pool.order] = lists["mentor_cut"][: self._pool.mentors]
        if not held.structure.mentor_keep:
            mentor_cut[:] = ALL_CUT
        if not held.structure.guide:
            lists["mentee_cut"][lists["mentee_cut"][:, 1] == NO_CUT[1], 0] = NOTHING
        if not held.structure.mentee_keep:
            lists["mentee_cut"][:] = ALL_CUT
        mentor = self._pool.order.astype(np.int32)[mentor[:used]]
        best = lists["mentee_list"][:, : held.structure.ranked]
        listed = np.arange(best.shape[1]) < lists["mentee_length"][:, None]
        return CandidateLists(
            indptr=indptr,
            mentor=mentor,
            value=value[:used] + guide[mentor],
            tie=tie[:used],
            mentee_cut=lists["mentee_cut"],
            mentor_cut=mentor_cut,
            eligible=lists["eligible"],
            best=np.append(self._pool.order, -1)[np.where(listed, best, self._pool.mentors)],
            guide=guide,
        )

    def price(
        self, prices: DualPrices, mentees: I64, active: AnyArray, pause: Pause, stairs: Sequence[SlackBound] = ()
    ) -> ViolatedPairs:
        """Find pairs of `mentees` with `active` mentors that the prices do not cover, and no stair rules out."""
        by_position = self._pool.by_position
        paid = {
            "u": prices.mentee,
            "p": prices.mentee_tie,
            "v": by_position(prices.mentor),
            "q": by_position(prices.mentor_tie),
            "spare": np.array([stair.spare for stair in stairs], np.int64),
            "fallen": np.array([by_position(stair.fallen) for stair in stairs], np.int64),
        }
        wanted = self._pool.bits(active.astype(bool) & self._pool.open_mentor)
        order = self._by_class(self._pool.scores.mentee_bonus - prices.mentee, mentees)
        slices = self._slices(len(order), LOOKED_AT * WORTH_A_THREAD if stairs else WORTH_A_THREAD)
        lanes = [_room(paid, len(stairs)) for _ in range(threads_for(len(slices), self._threads))]
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
                        int(self._pool.narrow),
                    )
                )
                size = found.structure.found
                if size:
                    some = [found.arrays[name][:size].astype(np.int64) for name in ("mentee", "mentor", "value")]
                    parts.append(np.stack(some))
                found.structure.found = 0

        share_out(slices, len(lanes), look, pause)
        mentee, position, value = np.concatenate(parts, axis=1)
        return ViolatedPairs(mentee, self._pool.order[position], value)

    def _by_class(self, offset: I64, mentees: I64) -> I64:
        """Order mentees so that neighbours have nearly equal offsets and equal kinds."""
        chosen = offset[mentees] >> (BONUS_CLASS if self._pool.narrow else 27)
        kind = self._kind_of[mentees]
        if len(chosen) and chosen.min() == chosen.max():
            return np.ascontiguousarray(mentees[np.argsort(kind, kind="stable")])
        return np.ascontiguousarray(mentees[np.lexsort((kind, chosen))])


def _room(paid: dict[str, I64], stairs: int) -> CStruct:
    return CStruct(
        _PricesFields(room=FOUND_AT_ONCE, found=0, stairs=stairs),
        **paid,
        mentee=np.empty(FOUND_AT_ONCE, np.int32),
        mentor=np.empty(FOUND_AT_ONCE, np.int32),
        value=np.empty(FOUND_AT_ONCE, np.int64),
    )


def _enough(reached: int) -> int:
    if reached < 0:
        raise MemoryError("no memory for the scoring pass")
    return reached
