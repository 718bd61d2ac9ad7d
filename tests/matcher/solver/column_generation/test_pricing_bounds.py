"""Pricing scores every unlisted pair that may be violated, and none twice."""

import numpy as np
import pytest

from services.matcher.solver.arrays import I64
from services.matcher.solver.column_generation.pricing_bounds import (
    FAR,
    Bound,
    Mask,
    of_lists,
    of_prices,
    rectangles,
    within_reach,
)
from services.matcher.solver.scoring import NOTHING, DualPrices
from services.matcher.solver.scoring.candidate_lists import ALL_CUT, NO_CUT, CandidateLists


def random_words(rng: np.random.Generator, people: int, spread: int) -> I64:
    """Return random two-word numbers, many of them equal."""
    return np.stack([rng.integers(-spread, spread + 1, people), rng.integers(-3, 4, people)], axis=1)


def a_bound(rng: np.random.Generator, mentees: int, mentors: int, spread: int) -> Bound:
    return Bound(random_words(rng, mentees, spread), random_words(rng, mentors, spread))


def prices_from(mentee: I64, mentor: I64) -> DualPrices:
    return DualPrices(mentee[:, 0].copy(), mentee[:, 1].copy(), mentor[:, 0].copy(), mentor[:, 1].copy())


def could_be_short(bound: Bound, prices: DualPrices) -> Mask:
    """Return, pair by pair, whether the bound allows a value above the prices."""
    most = bound.cut[:, None, :] + bound.price[None, :, :]
    paid = prices.mentee[:, None] + prices.mentor[None, :]
    tie = prices.mentee_tie[:, None] + prices.mentor_tie[None, :]
    short: Mask = (most[..., 0] > paid) | ((most[..., 0] == paid) & (most[..., 1] > tie))
    return short


def suspected(bound: Bound, prices: DualPrices) -> Mask:
    spare, fallen = bound.slack_bound(prices)
    slack_bounds: Mask = spare[:, None] < fallen[None, :]
    return slack_bounds


@pytest.mark.parametrize("spread", [1, 4, 1000, 10**17])
def test_the_staircase_holds_every_pair_whose_bound_beats_its_prices(spread: int) -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        mentees, mentors = (int(size) for size in rng.integers(1, 9, 2))
        bound = a_bound(rng, mentees, mentors, spread)
        prices = prices_from(random_words(rng, mentees, spread), random_words(rng, mentors, spread))
        slack_bounds = suspected(bound, prices)
        assert not (could_be_short(bound, prices) & ~slack_bounds).any(), seed
        # and no more than that: below in value is below, whatever the ties
        below = prices.mentee[:, None] - bound.cut[:, None, 0] > (bound.price[:, 0] - prices.mentor)[None, :]
        assert not (below & slack_bounds).any(), seed


@pytest.mark.parametrize(
    ("mentee_tie", "mentor_tie", "suspicious"), [(5, 7, False), (4, 7, True), (5, 6, True), (6, 8, False), (4, 6, True)]
)
def test_between_equals_only_a_lower_tie_price_makes_a_pair_suspicious(
    mentee_tie: int, mentor_tie: int, suspicious: bool
) -> None:
    bound = Bound(np.array([[30, 5]]), np.array([[12, 7]]))
    prices = prices_from(np.array([[32, mentee_tie]]), np.array([[10, mentor_tie]]))
    assert suspected(bound, prices).tolist() == [[suspicious]]
    dearer = prices_from(np.array([[33, mentee_tie]]), np.array([[10, mentor_tie]]))
    assert suspected(bound, dearer).tolist() == [[False]]
    cheaper = prices_from(np.array([[32, mentee_tie]]), np.array([[9, mentor_tie]]))
    assert suspected(bound, cheaper).tolist() == [[True]]


def test_without_a_bound_all_pairs_are_suspicious_and_without_unlisted_pairs_none() -> None:
    prices = prices_from(np.array([[10**17, 0]] * 3), np.array([[10**17, 0]] * 2))
    guess = np.zeros((2, 2), np.int64)
    assert suspected(Bound(np.array([ALL_CUT] * 3), guess), prices).all()
    assert not suspected(Bound(np.array([(NOTHING, NO_CUT[1])] * 3), guess), prices).any()


@pytest.mark.parametrize("spread", [1, 6, 1000])
@pytest.mark.parametrize("bounds", [1, 2, 3])
def test_rectangles_hold_every_suspicious_pair_and_none_twice(bounds: int, spread: int) -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        mentees, mentors = (int(size) for size in rng.integers(0, 60, 2))
        known = [a_bound(rng, mentees, mentors, spread) for _ in range(bounds)]
        level = int(rng.integers(0, spread + 1))  # the higher, the fewer pairs are suspicious
        prices = prices_from(
            random_words(rng, mentees, spread) + np.array([[level, 0]]), random_words(rng, mentors, spread)
        )
        is_open = rng.random(mentors) < rng.choice([0.2, 0.9, 1.0])
        wanted = np.ones((mentees, mentors), bool) & is_open
        for bound in known:
            wanted &= suspected(bound, prices)
        times = np.zeros((mentees, mentors), int)
        for rows, columns in rectangles([one.slack_bound(prices) for one in known], is_open):
            assert len(rows), "an empty rectangle is work for nothing"
            assert columns.any(), "an empty rectangle is work for nothing"
            assert len(np.unique(rows)) == len(rows), seed
            times[np.ix_(rows, np.flatnonzero(columns))] += 1
        assert times.max(initial=0) <= 1, seed
        assert (times[wanted] == 1).all(), seed
        assert not times[:, ~is_open].any(), seed


def test_a_corner_of_the_staircase_spares_most_pairs() -> None:
    """One mentor who fell far, one mentee with nothing to spare: two strips, not the whole market."""
    spare, fallen = np.arange(1, 201), np.full(100, 1)
    spare[0], fallen[0] = 0, 500
    cut, guess = np.zeros((200, 2), np.int64), np.zeros((100, 2), np.int64)
    guess[:, 0] = fallen
    prices = prices_from(np.stack([spare, np.zeros_like(spare)], axis=1), np.zeros((100, 2), np.int64))
    found = rectangles([Bound(cut, guess).slack_bound(prices)], np.ones(100, bool))
    assert sum(len(rows) * int(columns.sum()) for rows, columns in found) < 200 * 100 / 10


def test_the_bound_of_lists_is_their_cut_and_their_price() -> None:
    rng = np.random.default_rng(3)
    nobody = np.zeros(0, np.int64)
    lists = CandidateLists(
        indptr=np.zeros(5, np.int64),
        mentor=nobody.astype(np.int32),
        value=nobody,
        tie=nobody,
        mentee_cut=random_words(rng, 4, 50),
        mentor_cut=random_words(rng, 3, 50),
        eligible=np.zeros(4, np.int64),
        price=rng.integers(0, 50, 3),
        best=np.zeros((4, 0), np.int64),
    )
    bound = of_lists(lists)
    assert bound.cut.tolist() == lists.mentee_cut.tolist()
    assert bound.price.tolist() == [[price, 0] for price in lists.price.tolist()]


def test_prices_that_covered_all_pairs_suspect_none_while_unchanged() -> None:
    rng = np.random.default_rng(5)
    mentee, mentor = random_words(rng, 6, 9), random_words(rng, 4, 9)
    prices = prices_from(mentee, mentor)
    sure = np.zeros(6, bool)
    assert not suspected(of_prices(prices, sure), prices).any()
    unsure = sure.copy()
    unsure[2] = True
    assert suspected(of_prices(prices, unsure), prices).tolist() == [[row == 2] * 4 for row in range(6)]
    assert prices.mentee.tolist() == mentee[:, 0].tolist(), "the prices themselves stay as they are"
    for row, column in ((0, None), (None, 1)):
        for word in (0, 1):
            lower = prices_from(mentee, mentor)
            words = (lower.mentee, lower.mentee_tie) if row is not None else (lower.mentor, lower.mentor_tie)
            words[word][row if row is not None else column] -= 1
            slack_bounds = suspected(of_prices(prices, sure), lower)
            fell = np.zeros((6, 4), bool)
            fell[slice(None) if row is None else row, slice(None) if column is None else column] = True
            assert slack_bounds.tolist() == fell.tolist(), (row, column, word)


@pytest.mark.parametrize("below_zero", [False, True])
def test_a_mentor_is_within_reach_where_any_pair_outside_their_list_could_be_short(below_zero: bool) -> None:
    for seed in range(300):
        rng = np.random.default_rng(seed)
        mentee = random_words(rng, 3, 4) if below_zero else np.abs(random_words(rng, 3, 4))
        mentor = np.stack([rng.integers(0, 6, 4), rng.integers(-3, 4, 4)], axis=1)
        mentor[mentor[:, 0] == 0, 1] = np.abs(mentor[mentor[:, 0] == 0, 1])
        cut = np.stack([rng.integers(-1, 7, 4), rng.integers(0, 4, 4)], axis=1)
        prices = prices_from(mentee, mentor)
        reached = within_reach(prices, cut, below_zero=below_zero)
        paid = prices.mentee[:, None] + prices.mentor[None, :]
        tie = prices.mentee_tie[:, None] + prices.mentor_tie[None, :]
        short = (paid < cut[:, 0]) | ((paid == cut[:, 0]) & (tie < cut[:, 1]))
        assert not (short.any(axis=0) & (cut[:, 0] > 0) & ~reached).any(), seed


def test_a_mentor_whose_list_has_all_pairs_of_value_is_not_within_reach() -> None:
    prices = prices_from(np.zeros((1, 2), np.int64), np.array([[0, 0], [5, 2], [5, 2], [5, 2], [6, 0]]))
    cut = np.array([NO_CUT, (5, 3), (5, 2), ALL_CUT, (5, 9)])
    assert within_reach(prices, cut, below_zero=False).tolist() == [False, True, False, True, False]
    # Where mentees may pay less than nothing, a mentor is reached from one below the lowest of them.
    debt = prices_from(np.array([[-3, 0], [2, 0]]), prices_from_words([8, 9, 10]))
    assert within_reach(debt, np.array([(5, 0)] * 3), below_zero=True).tolist() == [True, False, False]
    assert within_reach(debt, np.array([(5, 0)] * 3), below_zero=False).tolist() == [False, False, False]


def prices_from_words(values: list[int]) -> I64:
    return np.array([[value, 0] for value in values])


def test_beyond_all_prices_is_far_enough_not_to_overflow() -> None:
    prices = prices_from(np.array([[2**57, 1]]), np.array([[2**57, 1]]))
    for cut, expected in (((2**62, 2**63 - 1), True), ((NOTHING, 2**63 - 1), False), ((FAR, 0), True)):
        assert suspected(Bound(np.array([cut]), np.zeros((1, 2), np.int64)), prices).tolist() == [[expected]]
