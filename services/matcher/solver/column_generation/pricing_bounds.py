"""Which left-out pairs the prices may not cover, as few rectangles of mentees and mentors.

What is known of a left-out pair is a bound, cut_i + guide_j: of the lists, or of prices that were found to cover it
before. It can only beat its prices where u_i - cut_i < guide_j - v_j, what the mentee has to spare against how far the
mentor fell. Both rows of numbers sorted, those pairs are a staircase: one mentor who fell far concerns many mentees,
one mentee with nothing to spare many mentors. Two rectangles cover it with little beside.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..arrays import I64
from ..scoring import CandidateLists, DualPrices, SlackBound

Mask = npt.NDArray[np.bool_]
Rectangle = tuple[I64, Mask]  # mentee rows, (N,) mentors
STEPS = 40  # places tried for the corner of the staircase
FAR = 2**59  # beyond all prices


@dataclass(frozen=True)
class Bound:
    """A left-out pair is worth at most cut_i + guide_j, word by word; in (value, tie)."""

    cut: I64  # (M, 2)
    guide: I64  # (N, 2)

    def stair(self, prices: DualPrices) -> SlackBound:
        """Return what mentees have to spare and how far mentors fell.

        Ties only turn the scale between equals, so one of four steps between two values is enough for them.
        """
        spare = 4 * np.clip(prices.mentee - self.cut[:, 0], -FAR, FAR) - (prices.mentee_tie < self.cut[:, 1])
        fallen = 4 * np.clip(self.guide[:, 0] - prices.mentor, -FAR, FAR) + (self.guide[:, 1] > prices.mentor_tie)
        return SlackBound(spare, fallen)


def of_lists(lists: CandidateLists) -> Bound:
    """Return what lists tell of the pairs outside."""
    return Bound(lists.mentee_cut, np.stack([lists.guide, np.zeros_like(lists.guide)], axis=1))


def of_prices(prices: DualPrices, unsure: Mask) -> Bound:
    """Return what prices tell of the pairs they were found to cover; `unsure` (M,) mentees may have others."""
    cut = np.stack([prices.mentee, prices.mentee_tie], axis=1)
    cut[unsure, 0] = FAR
    return Bound(cut, np.stack([prices.mentor, prices.mentor_tie], axis=1))


def rectangles(stairs: list[SlackBound], open_mentors: Mask) -> list[Rectangle]:
    """Return rectangles that hold every left-out pair which all stairs let be worth too much, no pair twice."""
    whole: Rectangle = (np.arange(len(stairs[0].spare)), open_mentors)
    left = [whole]
    for stair in stairs:
        part = _cover(stair, open_mentors)
        left = [_common(one, other) for one in left for other in part]
    return [(mentees, mentors) for mentees, mentors in left if len(mentees) and mentors.any()]


def _common(one: Rectangle, other: Rectangle) -> Rectangle:
    mentors: Mask = one[1] & other[1]
    return np.intersect1d(one[0], other[0], assume_unique=True), mentors


def within_reach(prices: DualPrices, mentor_cut: I64, *, below_zero: bool) -> Mask:
    """Return (N,) mentors for whom a pair outside their list could be worth more than its prices.

    `below_zero` says that mentees' prices may be: what lies beyond the margin is not among them then.
    """
    lowest = min(0, int(prices.mentee.min(initial=0)) - 1) if below_zero else 0
    first = prices.mentor + lowest
    reached: Mask = (first < mentor_cut[:, 0]) | ((first == mentor_cut[:, 0]) & (prices.mentor_tie < mentor_cut[:, 1]))
    reached &= mentor_cut[:, 0] > 0
    return reached


def _cover(stair: SlackBound, mentors: Mask) -> list[Rectangle]:
    """Choose the corner: mentees with less to spare meet all mentors, the others those who fell as far."""
    spare, fallen = stair
    if not mentors.any() or not len(spare):
        return []
    mentees = np.flatnonzero(spare < fallen[mentors].max())
    if not len(mentees):
        return []
    mentors = mentors & (fallen > spare[mentees].min())
    own, theirs = np.sort(spare[mentees]), np.sort(fallen[mentors])
    corners = np.unique(own[np.linspace(0, len(own) - 1, STEPS).astype(np.int64)])
    left = np.searchsorted(own, corners, side="right")
    pairs = left * len(theirs) + (len(own) - left) * (len(theirs) - np.searchsorted(theirs, corners))
    corner = corners[np.argmin(pairs)]
    first, rest = mentees[spare[mentees] <= corner], mentees[spare[mentees] > corner]
    both = [(first, mentors), (rest, mentors & (fallen > corner))]
    return [(some, others) for some, others in both if len(some) and others.any()]
