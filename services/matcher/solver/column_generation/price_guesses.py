"""Estimate prices of places, so that candidate lists can be short where both sides compete.

By value alone all mentees list the same few mentors, and a list must be long to contain the mentor of the optimum. By
value less price a short list contains them. So prices are estimated first, from lists of three or four, and mentees
list again by value less price (partial pricing of column generation, with the auction's prices as dual values; see
``restricted_problem``). A wrong estimate costs time, never the result.
"""

import numpy as np

from ..arrays import I64
from ..assignment import Assignment, index_edges, rough_prices
from ..native import core
from ..scoring import NOTHING, CandidateLists, Pause, PriceGuess, ScoreModel, largest_fit, score_pairs

LISTING_MARGIN = 8.0
"""Factor of the largest fit over the square root of M: how far below the best pair a list reaches; measured."""


def guess_prices(
    lists: CandidateLists, scores: ScoreModel, capacity: I64, compiled: bool | None, pause: Pause
) -> PriceGuess:
    """Return estimated prices above the common price level, from short candidate lists ranked by value.

    Where places are fewer than mentees, only as many mentees as places take part, those of the highest bonus.
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
    problem = index_edges(start, lists.mentor[chosen], fit - base, lists.tie[chosen], capacity, core(compiled))
    price = rough_prices(problem, reserve, compiled=compiled, pause=pause)
    listed = np.flatnonzero(np.diff(lists.indptr))
    best = np.maximum.reduceat(lists.value - price[lists.mentor], lists.indptr[listed])
    floor = np.full(len(bonus), NOTHING)
    floor[listed] = best - listing_margin(scores)
    return PriceGuess(price, floor)


def earlier_prices(earlier: Assignment, whole: ScoreModel, scores: ScoreModel, capacity: I64) -> PriceGuess | None:
    """Return the prices of an earlier assignment, and the gain that its pairs leave each mentee by the current scores.

    ``scores`` are the ``whole`` scores less the bonus offsets. None without places, and where bonuses hide the part of
    the prices that decides between mentors.
    """
    price = without_bonuses(earlier.mentor_price, whole)
    if price is None or not len(earlier.mentor_of) or not (capacity > 0).any():
        return None
    price = price - int(price[capacity > 0].min())
    rows = np.flatnonzero(earlier.mentor_of >= 0)
    mentors = earlier.mentor_of[rows]
    floor = np.full(len(earlier.mentor_of), NOTHING)
    floor[rows] = score_pairs(scores, rows, mentors) - price[mentors] - listing_margin(scores)
    return PriceGuess(price, floor)


def without_bonuses(price: I64, scores: ScoreModel) -> I64 | None:
    """Subtract whole bonuses, with which unmatched people raised prices, from prices; None if that is not possible.

    Where all bonuses are multiples of a number far above any fit, the remainder is the part that fit decides.
    """
    fit = largest_fit(scores)
    if int(price.max(initial=0)) <= 2 * fit:
        return price
    unit = int(np.gcd.reduce(scores.mentee_bonus))
    if unit <= 8 * fit:
        return None
    return (price + unit // 2) % unit - unit // 2


def listing_margin(scores: ScoreModel) -> int:
    """Return how far below a mentee's best pair their list reaches, in values."""
    return int(LISTING_MARGIN * largest_fit(scores) / max(1, len(scores.mentee_bonus)) ** 0.5) + 1


def starting_prices(lists: CandidateLists, capacity: I64) -> I64:
    """Return prices to bid from (N,): those of the lists, plus the common price level where people are left over."""
    length = np.diff(lists.indptr)
    listed = np.flatnonzero(length)
    places = int(np.minimum(capacity, len(length)).sum())
    if places >= len(listed) or not places:
        return lists.price
    gain = np.maximum.reduceat(lists.value - lists.price[lists.mentor], lists.indptr[listed])
    level = int(np.partition(gain, len(gain) - places)[len(gain) - places])
    return lists.price + max(0, level)
