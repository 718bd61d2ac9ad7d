"""Estimated and earlier prices have the right shape and never stop a run or change its result."""

from dataclasses import replace

import numpy as np
import pytest

from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Assignment
from services.matcher.solver.column_generation import solve
from services.matcher.solver.column_generation.backend import scorer_for
from services.matcher.solver.column_generation.list_lengths import ListLengths
from services.matcher.solver.column_generation.price_guesses import (
    LISTING_MARGIN,
    earlier_prices,
    guess_prices,
    listing_margin,
    starting_prices,
    without_bonuses,
)
from services.matcher.solver.eligibility import mentee_classes
from services.matcher.solver.errors import BadArraysError
from services.matcher.solver.scoring import NOTHING, CandidateLists, largest_fit
from tests.matcher.solver.backends import TWINS
from tests.matcher.solver.pools import Pool, a_pool, eligible, scored

REGIMES = {"scarce": 0.4, "balanced": 1.0, "surplus": 3.0}


def no_pause(_: float) -> None:
    """Work on."""


def rough_lists(pool: Pool, compiled: bool | None = None) -> CandidateLists:
    scorer = scorer_for(pool.scores, mentee_classes(pool.rules), pool.capacity, pool.keys, compiled, 1)
    return scorer.collect(0, 4, 0, no_pause)


def an_answer(pool: Pool, mentor_of: list[int], prices: list[int]) -> Assignment:
    mentees, mentors = len(mentor_of), len(prices)
    nothing, none = np.zeros(mentees, np.int64), np.zeros(mentors, np.int64)
    return Assignment(np.array(mentor_of), nothing, np.array(prices), nothing, none, 0)


@pytest.mark.parametrize("compiled", TWINS)
@pytest.mark.parametrize("regime", REGIMES)
def test_guessed_prices_are_not_negative_and_the_floor_is_just_below_each_best_pair(
    regime: str, compiled: bool
) -> None:
    for seed in range(6):
        pool = a_pool(seed, mentees=60, mentors=30, places=REGIMES[regime], steps=(2, 30)[seed % 2])
        lists = rough_lists(pool, compiled)
        guess = guess_prices(lists, pool.scores, pool.capacity, compiled, no_pause)
        assert guess.price.shape == (30,)
        assert guess.floor.shape == (60,)
        assert (guess.price >= 0).all()
        assert not guess.price[pool.capacity == 0].any()
        for row in range(60):
            mine = slice(lists.indptr[row], lists.indptr[row + 1])
            gains = lists.value[mine] - guess.price[lists.mentor[mine]]
            assert guess.floor[row] == (gains.max() - listing_margin(pool.scores) if len(gains) else NOTHING), (
                seed,
                row,
            )


@pytest.mark.parametrize("compiled", TWINS)
def test_scarce_mentors_get_a_price_and_others_none(compiled: bool) -> None:
    pool = a_pool(1, mentees=60, mentors=30, places=1.0, steps=30)
    lists = rough_lists(pool, compiled)
    guess = guess_prices(lists, pool.scores, pool.capacity, compiled, no_pause)
    wanted = np.bincount(lists.mentor, minlength=30)
    assert guess.price.any()
    assert not guess.price[wanted <= pool.capacity].any()


def test_earlier_prices_use_the_current_scores() -> None:
    pool = a_pool(3, mentees=5, mentors=4)
    capacity = np.array([1, 2, 0, 1])
    answer = an_answer(pool, [3, -1, 1, 1, -1], [70, 50, 9, 90])
    guess = earlier_prices(answer, pool.scores, pool.scores, capacity)
    assert guess is not None
    assert guess.price.tolist() == [20, 0, -41, 40], "beside what every place with room costs"
    value = scored(pool.scores)
    below = listing_margin(pool.scores)
    expected = [value[0, 3] - 40 - below, NOTHING, value[2, 1] - below, value[3, 1] - below, NOTHING]
    assert guess.floor.tolist() == expected


def test_whole_bonuses_are_taken_off_prices_and_hidden_ones_make_them_useless() -> None:
    pool = a_pool(3, mentees=5, mentors=4)
    unit = 1000 * largest_fit(pool.scores)
    fit = np.array([70, -50, 9, 0])
    for bonus, expected in ((unit * np.array([1, 2, 3, 5, 8]), fit.tolist()), (np.array([7, 11, 13, 17, unit]), None)):
        scores = replace(pool.scores, mentee_bonus=bonus)
        found = without_bonuses(fit + unit * np.array([0, 3, 1, 2]), scores)
        assert (None if found is None else found.tolist()) == expected
    assert without_bonuses(np.abs(fit), pool.scores) is not None, "small prices are what they are"


def test_lists_reach_less_deep_the_more_people_there_are_and_always_one_step() -> None:
    for mentees, part in ((1, LISTING_MARGIN), (100, LISTING_MARGIN / 10), (10_000, LISTING_MARGIN / 100)):
        scores = a_pool(0, mentees=mentees, mentors=5).scores
        assert 0 < listing_margin(scores) - part * largest_fit(scores) <= 1
    assert listing_margin(a_pool(0, mentees=0, mentors=5).scores) >= 1


def some_lists(gains: list[list[int]], guess: list[int]) -> CandidateLists:
    """Lists of people who all look at the first mentors, with what each pair leaves beside the guess."""
    length = [len(one) for one in gains]
    mentor = np.concatenate([np.arange(size) for size in length]).astype(np.int32)
    prices: I64 = np.array(guess, np.int64)
    value = np.concatenate([np.array(one, np.int64) for one in gains]) + prices[mentor]
    nothing = np.zeros(len(gains), np.int64)
    cuts, mentor_cuts = np.zeros((len(gains), 2), np.int64), np.zeros((len(guess), 2), np.int64)
    indptr = np.append(0, np.cumsum(length))
    return CandidateLists(
        indptr, mentor, value, np.zeros_like(value), cuts, mentor_cuts, nothing, prices, np.zeros((0, 0), int)
    )


@pytest.mark.parametrize(
    ("capacity", "level"), [([1, 1, 0], 30), ([1, 0, 0], 40), ([2, 1, 0], 20), ([2, 1, 1], 0), ([0, 0, 0], 0),
                            ([9, 0, 0], 0)]
)  # fmt: skip
def test_where_people_are_left_over_every_place_costs_what_the_last_of_them_gains(
    capacity: list[int], level: int
) -> None:
    lists = some_lists([[10, 5], [], [20], [30, 29], [7, 40]], [3, 0, 8])
    assert starting_prices(lists, np.array(capacity)).tolist() == [3 + level, level, 8 + level]


def test_the_price_level_is_never_negative() -> None:
    lists = some_lists([[-10], [-20]], [100, 0])
    assert starting_prices(lists, np.array([1, 0])).tolist() == [100, 0]


@pytest.mark.parametrize("compiled", TWINS)
@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize(("mentees", "places"), [(0, 1), (6, 0), (6, 1)])
def test_markets_with_nothing_to_guess_from_are_solved_without_prices(
    mentees: int, places: int, warm: bool, compiled: bool
) -> None:
    pool = a_pool(2, mentees=mentees, mentors=4)
    worthless = replace(pool.scores, mentee_bonus=np.full(mentees, -10_000))  # no pair has any worth
    start = an_answer(pool, [-1] * mentees, [0] * 4) if warm else None
    lengths = ListLengths(0, 2, mentees, 4, by_price=2)
    answer = solve(pool.rules, worthless, np.full(4, places), start=start, lengths=lengths, compiled=compiled)
    assert answer.assignment.mentor_of.tolist() == [-1] * mentees
    assert answer.certificate.proves_optimal
    assert answer.eligible_count.tolist() == eligible(pool.rules).sum(axis=1).tolist()


@pytest.mark.parametrize("compiled", TWINS)
@pytest.mark.parametrize(
    ("mentor_of", "prices"),
    [([0] * 5, [0] * 4), ([0] * 7, [0] * 4), ([0] * 6, [0] * 3), ([0] * 6, [0] * 5), ([4] * 6, [0] * 4)],
)
def test_an_earlier_answer_over_other_rows_is_refused(mentor_of: list[int], prices: list[int], compiled: bool) -> None:
    pool = a_pool(2, mentees=6, mentors=4, places=2.0)
    with pytest.raises(BadArraysError):
        solve(pool.rules, pool.scores, pool.capacity, start=an_answer(pool, mentor_of, prices), compiled=compiled)
