"""Where both sides compete, lists of the best are short only if everyone knows roughly what places cost.

A mentee's best few by value alone are everybody's best few, and a list must be long to hold whom they end up with. By
value less price the best few are the right ones. So prices are guessed first, from lists of three or four, and mentees
list again by that guess (partial pricing of column generation, with the auction's prices as dual values; see `solve`).
A wrong guess costs time, never the answer.
"""

import numpy as np

from ..arrays import I64
from ..assignment import Assignment, indexed, rough_prices
from ..native import core
from ..scoring import NOTHING, CandidateLists, Pause, PriceGuess, ScoreModel, largest_fit, score_pairs

NEAR = 8.0
"""Of the largest fit, over the root of the mentees: how far below a mentee's best pair others are listed; measured."""


def guessed(
    lists: CandidateLists, scores: ScoreModel, capacity: I64, compiled: bool | None, pause: Pause
) -> PriceGuess:
    """Return what places may cost beside what all of them cost, from short lists by value alone.

    Where places are fewer than people only those of the highest bonus take part, as many as there are places.
    """
    bonus = scores.mentee_bonus
    places = min(int(np.minimum(capacity, len(bonus)).sum()), len(bonus))
    rows = np.flatnonzero(bonus >= np.partition(bonus, len(bonus) - places)[len(bonus) - places])
    length = np.diff(lists.indptr)[rows]
    start = np.append(0, np.cumsum(length))
    chosen = np.repeat(lists.indptr[rows] - start[:-1], length) + np.arange(start[-1])
    fit = lists.value[chosen] - np.repeat(bonus[rows], length)
    base = int(fit.min(initial=1)) - 1
    cut = lists.mentee_cut[rows, 0]
    reserve = np.where(cut == NOTHING, 0, cut - bonus[rows] - base)
    problem = indexed(start, lists.mentor[chosen], fit - base, lists.tie[chosen], capacity, core(compiled))
    price = rough_prices(problem, reserve, compiled=compiled, pause=pause)
    some = np.flatnonzero(np.diff(lists.indptr))
    best = np.maximum.reduceat(lists.value - price[lists.mentor], lists.indptr[some])
    floor = np.full(len(bonus), NOTHING)
    floor[some] = best - near(scores)
    return PriceGuess(price, floor)


def remembered(earlier: Assignment, whole: ScoreModel, scores: ScoreModel, capacity: I64) -> PriceGuess | None:
    """Return what places cost in an earlier answer, and what its pairs leave each mentee by today's scores.

    `scores` are the `whole` ones without what bonuses have beyond the margin. None without places, and where what
    decides between two mentors is no longer to be seen in their prices.
    """
    price = beside_bonuses(earlier.mentor_price, whole)
    if price is None or not len(earlier.mentor_of) or not (capacity > 0).any():
        return None
    price = price - int(price[capacity > 0].min())
    rows = np.flatnonzero(earlier.mentor_of >= 0)
    mentors = earlier.mentor_of[rows]
    floor = np.full(len(earlier.mentor_of), NOTHING)
    floor[rows] = score_pairs(scores, rows, mentors) - price[mentors] - near(scores)
    return PriceGuess(price, floor)


def beside_bonuses(price: I64, scores: ScoreModel) -> I64 | None:
    """Take whole bonuses off prices, by which people who are left over have pushed them up; None where they hide.

    Where all bonuses are multiples of a number far above any fit, what remains is what fit makes of a price.
    """
    fit = largest_fit(scores)
    if int(price.max(initial=0)) <= 2 * fit:
        return price
    unit = int(np.gcd.reduce(scores.mentee_bonus))
    if unit <= 8 * fit:
        return None
    return (price + unit // 2) % unit - unit // 2


def near(scores: ScoreModel) -> int:
    """Return how far below a mentee's best pair others are listed."""
    return int(NEAR * largest_fit(scores) / max(1, len(scores.mentee_bonus)) ** 0.5) + 1


def levelled(lists: CandidateLists, capacity: I64) -> I64:
    """Return (N,) prices to bid from: the lists' guide, and what every place costs where people are left over."""
    length = np.diff(lists.indptr)
    some = np.flatnonzero(length)
    places = int(np.minimum(capacity, len(length)).sum())
    if places >= len(some) or not places:
        return lists.guide
    gain = np.maximum.reduceat(lists.value - lists.guide[lists.mentor], lists.indptr[some])
    level = int(np.partition(gain, len(gain) - places)[len(gain) - places])
    return lists.guide + max(0, level)
