"""Bound the unlisted pairs that may have negative reduced cost, as few rectangles of mentees and mentors.

The value of an unlisted pair is at most cut_i + price_j, from the lists or from prices that covered it before. Its
reduced cost can only be negative where u_i - cut_i < price_j - v_j: the mentee's slack (``spare``) is less than the
fall of the mentor's price (``fallen``). With both sides sorted, those pairs form a staircase: one mentor whose price
fell far concerns many mentees, one mentee with little slack concerns many mentors. Two rectangles cover it closely.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..arrays import I64
from ..scoring import CandidateLists, DualPrices, SlackBound

Mask = npt.NDArray[np.bool_]
Rectangle = tuple[I64, Mask]  # mentee rows, (N,) mentors
STEPS = 40  # corners of the staircase that are tried
FAR = 2**59  # above all prices


@dataclass(frozen=True)
class Bound:
    """An upper bound of unlisted pairs: cut_i + price_j in (value, tie), word by word."""

    cut: I64  # (M, 2)
    price: I64  # (N, 2)

    def slack_bound(self, prices: DualPrices) -> SlackBound:
        """Return the slack of mentees and the fall of mentors' prices, both times four.

        Ties only decide between equal values, so a quarter of a value is enough for each.
        """
        spare = 4 * np.clip(prices.mentee - self.cut[:, 0], -FAR, FAR) - (prices.mentee_tie < self.cut[:, 1])
        fallen = 4 * np.clip(self.price[:, 0] - prices.mentor, -FAR, FAR) + (self.price[:, 1] > prices.mentor_tie)
        return SlackBound(spare, fallen)

    def without(self, mentees: Mask) -> "Bound":
        """Return the bound where these mentees (M,) have no unlisted pairs."""
        return Bound(np.where(mentees[:, np.newaxis], -FAR, self.cut), self.price)


def of_lists(lists: CandidateLists) -> Bound:
    """Return the bound of pairs that are on no list."""
    return Bound(lists.mentee_cut, np.stack([lists.price, np.zeros_like(lists.price)], axis=1))


def of_prices(prices: DualPrices, unsure: Mask) -> Bound:
    """Return the bound of pairs that these prices cover; ``unsure`` (M,) mentees may have uncovered pairs."""
    cut = np.stack([prices.mentee, prices.mentee_tie], axis=1)
    cut[unsure, 0] = FAR
    return Bound(cut, np.stack([prices.mentor, prices.mentor_tie], axis=1))


def rectangles(slack_bounds: list[SlackBound], open_mentors: Mask) -> list[Rectangle]:
    """Return disjoint rectangles that contain every unlisted pair which all slack bounds allow to be violated."""
    whole: Rectangle = (np.arange(len(slack_bounds[0].spare)), open_mentors)
    parts = [whole]
    for slack_bound in slack_bounds:
        cover = _cover(slack_bound, open_mentors)
        parts = [_intersection(part, other) for part in parts for other in cover]
    return [(mentees, mentors) for mentees, mentors in parts if len(mentees) and mentors.any()]


def _intersection(first: Rectangle, second: Rectangle) -> Rectangle:
    mentors: Mask = first[1] & second[1]
    return np.intersect1d(first[0], second[0], assume_unique=True), mentors


def within_reach(prices: DualPrices, mentor_cut: I64, *, below_zero: bool) -> Mask:
    """Return a mask (N,) of the mentors for whom an unlisted pair could have negative reduced cost.

    ``below_zero``: mentees' prices may be negative, because bonus offsets are subtracted from them.
    """
    lowest = min(0, int(prices.mentee.min(initial=0)) - 1) if below_zero else 0
    first = prices.mentor + lowest
    reached: Mask = (first < mentor_cut[:, 0]) | ((first == mentor_cut[:, 0]) & (prices.mentor_tie < mentor_cut[:, 1]))
    reached &= mentor_cut[:, 0] > 0
    return reached


def _cover(slack_bound: SlackBound, mentors: Mask) -> list[Rectangle]:
    """Cover a staircase: mentees below the corner with all mentors, the others with mentors above the corner."""
    spare, fallen = slack_bound
    if not mentors.any() or not len(spare):
        return []
    mentees = np.flatnonzero(spare < fallen[mentors].max())
    if not len(mentees):
        return []
    mentors = mentors & (fallen > spare[mentees].min())
    spares, falls = np.sort(spare[mentees]), np.sort(fallen[mentors])
    corners = np.unique(spares[np.linspace(0, len(spares) - 1, STEPS).astype(np.int64)])
    left = np.searchsorted(spares, corners, side="right")
    pairs = left * len(falls) + (len(spares) - left) * (len(falls) - np.searchsorted(falls, corners))
    corner = corners[np.argmin(pairs)]
    first, rest = mentees[spare[mentees] <= corner], mentees[spare[mentees] > corner]
    both = [(first, mentors), (rest, mentors & (fallen > corner))]
    return [(rows, columns) for rows, columns in both if len(rows) and columns.any()]
