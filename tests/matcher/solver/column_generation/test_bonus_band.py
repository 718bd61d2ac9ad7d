"""Bonus offsets never change a result, and are zero where they could."""

import numpy as np
import pytest

from services.matcher.solver.arrays import I64
from services.matcher.solver.column_generation.bonus_band import BAND, bonus_offsets
from services.matcher.solver.scoring import ScoreModel, largest_fit

FIT = 300
NEAR = FIT // BAND


def scores(bonus: list[int], mentors: int = 4) -> ScoreModel:
    """Scores whose fit is at most 300."""
    return ScoreModel(
        tables=(np.array([[FIT]], np.int32),),
        mentee_codes=np.zeros((1, len(bonus)), np.int32),
        mentor_codes=np.zeros((1, mentors), np.int32),
        overlaps=(),
        mentee_bonus=np.array(bonus, np.int64),
        mentor_bonus=np.zeros(mentors, np.int64),
    )


def offsets(bonus: list[int], capacity: list[int]) -> I64:
    model = scores(bonus, len(capacity))
    assert largest_fit(model) == (FIT if bonus else 0)
    return bonus_offsets(model, np.array(capacity))


@pytest.mark.parametrize(
    ("bonus", "why"),
    [
        ([], "nobody"),
        ([0, 5000], "a bonus of nothing: cutting could make a worthless pair worth something"),
        ([FIT, 5000], "the lowest is within the fit"),
        ([1000, 1000 + 2 * FIT], "they differ by no more than fit can make up on both sides"),
    ],
)
def test_small_bonuses_have_no_offset(bonus: list[int], why: str) -> None:
    assert not offsets(bonus, [1]).any(), why


def test_bonuses_are_clipped_to_a_band_around_the_last_matched_mentee() -> None:
    bonus = [1000, 2000, 3000, 3050, 4000, 9000]
    low, high = 3050 - NEAR, 3050 + NEAR  # three places: the third highest bonus is 3050
    assert (np.array(bonus) - offsets(bonus, [2, 1])).tolist() == [low, low, 3000, 3050, high, high]


def test_one_more_than_the_fit_is_enough() -> None:
    assert offsets([FIT + 1, 5000], [1]).tolist() == [FIT + 1 - (5000 - NEAR), 0]
    assert offsets([1000, 1000 + 2 * FIT + 1], [1]).tolist() == [1000 - (1601 - NEAR), 0]


def test_without_places_the_highest_sets_the_band() -> None:
    assert (np.array([1000, 5000, 9000]) - offsets([1000, 5000, 9000], [0, 0])).tolist() == [
        9000 - NEAR,
        9000 - NEAR,
        9000,
    ]


def test_with_places_for_all_the_lowest_sets_it_and_is_never_undercut() -> None:
    for capacity in ([3], [1, 1, 1], [10**18, 10**18]):
        assert (np.array([1000, 5000, 9000]) - offsets([1000, 5000, 9000], capacity)).tolist() == [
            1000,
            1000 + NEAR,
            1000 + NEAR,
        ]


def test_the_order_of_bonuses_is_kept() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        bonus = np.sort(rng.integers(400, 20_000, 30))
        within = bonus - offsets(bonus.tolist(), rng.integers(0, 4, 8).tolist())
        assert (np.diff(within) >= 0).all()
        assert within.max() - within.min() <= 2 * NEAR
        assert within.min() >= bonus.min() > FIT
