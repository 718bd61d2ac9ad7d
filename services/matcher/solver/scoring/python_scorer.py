"""Scoring passes in numpy; twin of ``native_scorer``.

Both list the same pairs: the best of each side by (value, tie).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from ..arrays import I64, AnyArray
from .candidate_lists import (
    ALL_CUT,
    MOST_FOUND,
    NOTHING,
    CandidateLists,
    DualPrices,
    Pause,
    PriceGuess,
    SlackBound,
    Tie,
    ViolatedPairs,
    no_cuts,
)
from .dense_scores import matchable
from .mentee_grouping import Grouping
from .score_model import ScoreModel

BATCH = 1 << 20  # pairs scored between two calls of pause


class PythonScorer:
    """Passes over one pool in numpy. ``tie`` returns the ties of pairs by row numbers."""

    def __init__(self, scores: ScoreModel, grouping: Grouping, open_mentor: AnyArray, tie: Tie) -> None:
        self._scores = scores
        self._grouping = grouping
        self._open = open_mentor.astype(bool)
        self._tie = tie
        self._mentees, self._mentors = len(scores.mentee_bonus), len(grouping.mentor_order)
        by_class = np.argsort(grouping.class_of, kind="stable")
        bounds = np.searchsorted(grouping.class_of[by_class], np.arange(len(grouping.rows) + 1))
        self._members = [by_class[a:b] for a, b in pairwise(bounds)]
        self._excluded = np.sort(
            np.repeat(np.arange(self._mentees), np.diff(grouping.excluded_start)) * self._mentors
            + grouping.mentor_order[grouping.excluded]
        )

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
        wanted = None if among is None else np.isin(np.arange(self._mentees), among)
        mentee_cut, mentor_cut = no_cuts(self._mentees), no_cuts(self._mentors)
        mentee_cut[:, 0] = NOTHING if guess is None else guess.floor - 1
        eligible = np.zeros(self._mentees, np.int64)
        best = np.full((self._mentees, min(ranked, mentee_keep)), -1, np.int64)
        of_mentee, of_mentor = [_NO_PAIRS], _NO_PAIRS
        for pairs in self._batches(pause, eligible, wanted):
            near = pairs if guess is None else pairs[:, pairs[2] - guess.price[pairs[1]] >= guess.floor[pairs[0]]]
            kept, cuts, rank = _best(near, near[0], mentee_keep, None if guess is None else guess.price)
            mentee_cut[cuts[0]] = cuts[1]
            first = rank < best.shape[1]
            best[kept[0][first], rank[first]] = kept[1][first]
            of_mentee.append(kept)
            merged = np.concatenate([of_mentor, pairs], axis=1)
            of_mentor, cuts, _ = _best(merged, merged[1], mentor_keep)
            mentor_cut[cuts[0]] = cuts[1]
        if wanted is not None:
            eligible[~wanted] = 0
        if not mentee_keep:
            mentee_cut[:] = ALL_CUT
        if not mentor_keep:
            mentor_cut[:] = ALL_CUT
        price = np.zeros(self._mentors, np.int64) if guess is None else guess.price
        mentee, mentor, value, tie = _unique_pairs(np.concatenate([*of_mentee, of_mentor], axis=1), self._mentors)
        indptr = np.concatenate([[0], np.cumsum(np.bincount(mentee, minlength=self._mentees))]).astype(np.int64)
        return CandidateLists(
            indptr, mentor.astype(np.int32), value, tie, mentee_cut, mentor_cut, eligible, price, best
        )

    def price(
        self, prices: DualPrices, mentees: I64, active: AnyArray, pause: Pause, slack_bounds: Sequence[SlackBound] = ()
    ) -> ViolatedPairs:
        """Return pairs of ``mentees`` and ``active`` mentors with negative reduced cost, within all slack bounds."""
        wanted = np.zeros(self._mentees, bool)
        wanted[mentees] = True
        found = [_NO_PAIRS]
        for pairs in self._batches(pause, None, wanted, active.astype(bool), slack_bounds):
            mentee, mentor, value, tie = pairs
            slack = prices.mentee[mentee] + prices.mentor[mentor] - value
            tie_slack = prices.mentee_tie[mentee] + prices.mentor_tie[mentor] - tie
            short = (slack < 0) | ((slack == 0) & (tie_slack < 0))
            worst = np.stack([mentee, mentor, -slack, -tie_slack])[:, short]
            kept, _, _ = _best(worst, worst[0], MOST_FOUND)
            kept[2] += prices.mentee[kept[0]] + prices.mentor[kept[1]]
            found.append(kept)
        mentee, mentor, value, _ = np.concatenate(found, axis=1)
        return ViolatedPairs(mentee, mentor, value)

    def _batches(
        self,
        pause: Pause,
        eligible: I64 | None,
        wanted: AnyArray | None = None,
        active: AnyArray | None = None,
        slack_bounds: Sequence[SlackBound] = (),
    ) -> Iterator[I64]:
        """Yield (mentee, mentor, value, tie) of eligible pairs of value, with all pairs of a mentee in one batch.

        Mentees for whom a slack bound rules out all mentors are skipped.
        """
        active = self._open if active is None else active & self._open
        pause(0.0)
        waiting: list[I64] = []
        size = 0
        for mentee_class, members in enumerate(self._members):
            mentees = members if wanted is None else members[wanted[members]]
            passing = self._grouping.mentor_order[self._grouping.positions_of(mentee_class)]
            mentors = passing[active[passing]]
            if eligible is not None:
                eligible[mentees] = len(passing)
            for slack_bound in slack_bounds:
                mentees = mentees[slack_bound.spare[mentees] < slack_bound.fallen[mentors].max(initial=NOTHING)]
            step = max(1, BATCH // max(1, len(mentors)))
            for at in range(0, len(mentees), step):
                waiting.append(np.stack(matchable(self._scores, mentees[at : at + step], mentors)))
                size += waiting[-1].shape[1]
                if size >= BATCH:
                    pause(mentee_class / len(self._members))
                    yield self._with_ties(waiting)
                    waiting, size = [], 0
        if eligible is not None:
            self._uncount_excluded(eligible)
        yield self._with_ties(waiting)

    def _with_ties(self, waiting: list[I64]) -> I64:
        mentee, mentor, value = np.concatenate([_NO_PAIRS[:3], *waiting], axis=1)
        if len(self._excluded):
            pair = mentee * self._mentors + mentor
            at = np.minimum(np.searchsorted(self._excluded, pair), len(self._excluded) - 1)
            allowed = self._excluded[at] != pair
            mentee, mentor, value = mentee[allowed], mentor[allowed], value[allowed]
        return np.stack([mentee, mentor, value, self._tie(mentee, mentor)])

    def _uncount_excluded(self, eligible: I64) -> None:
        """Subtract excluded mentors who meet the rules from the counts."""
        mentee, mentor = np.divmod(self._excluded, max(1, self._mentors))
        position = np.empty(self._mentors, np.int64)
        position[self._grouping.mentor_order] = np.arange(self._mentors)
        word, bit = np.divmod(position[mentor], 64)
        rows = self._grouping.bits[self._grouping.rows[self._grouping.class_of[mentee]], word[:, None]]
        passes = ((rows >> bit[:, None].astype(np.uint64)) & np.uint64(1)).all(axis=1)
        np.subtract.at(eligible, mentee[passes], 1)


_NO_PAIRS = np.zeros((4, 0), np.int64)


def _best(pairs: I64, group: I64, length: int, price: I64 | None = None) -> tuple[I64, tuple[I64, I64], I64]:
    """Return the best pairs of each group by (value less price of the mentor, tie), cuts, and ranks.

    Cuts are (groups, cuts) for groups with pairs left out; ranks are within the group.
    """
    if not length or not len(group):
        return _NO_PAIRS, (_NO_PAIRS[0], _NO_PAIRS[2:].T), _NO_PAIRS[0]
    if price is not None:
        pairs = pairs.copy()
        pairs[2] -= price[pairs[1]]
    order = _by_value(group, pairs[2])
    group, value = group[order], pairs[2, order]
    rank, last = _ranks(group)
    # Few values reach the cut, and only those need their ties compared.
    lowest = np.where(
        last > length, value[np.minimum(np.arange(len(group)) - rank + length, len(group) - 1)], value.min()
    )
    near = value >= lowest
    order, group = order[near], group[near]
    exact = np.lexsort((-pairs[3, order], -pairs[2, order], group))
    pairs, group = pairs[:, order[exact]], group[exact]
    rank, _ = _ranks(group)
    at_cut, kept = rank == length, rank < length
    cuts = group[at_cut], pairs[2:, at_cut].T.copy()
    if price is not None:
        pairs[2] += price[pairs[1]]
    return pairs[:, kept], cuts, rank[kept]


def _by_value(group: I64, value: I64) -> I64:
    """Return the order by group, then descending value; one sort of combined numbers where they fit."""
    highest = int(value.max())
    width = highest - int(value.min()) + 1
    if (int(group.max()) + 1) * width < 2**63:
        return np.argsort(group * width + (highest - value))
    return np.lexsort((-value, group))


def _ranks(group: I64) -> tuple[I64, I64]:
    """Return each row's rank within its group and the size of the group; groups are contiguous."""
    first = np.flatnonzero(np.diff(group, prepend=-1))
    sizes = np.diff(first, append=len(group))
    return np.arange(len(group)) - np.repeat(first, sizes), np.repeat(sizes, sizes)


def _unique_pairs(pairs: I64, mentors: int) -> I64:
    _, first = np.unique(pairs[0] * max(1, mentors) + pairs[1], return_index=True)
    return pairs[:, first]
