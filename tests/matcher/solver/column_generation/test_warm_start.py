"""Price guesses, warm starts and the number of threads never change a result."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from services.matcher.solver.assignment import Assignment
from services.matcher.solver.column_generation import Limits, solve
from services.matcher.solver.column_generation import restricted_problem as columns_module
from services.matcher.solver.column_generation.list_lengths import ListLengths
from services.matcher.solver.errors import BadArraysError, RunCancelledError, ValueTooLargeError
from services.matcher.solver.native import share_out, threads_for
from services.matcher.solver.scoring import NOTHING, PriceGuess, ScoreModel
from services.matcher.solver.scoring.expanded_tables import multiplied
from tests.matcher.solver.backends import TWINS, compiled_only
from tests.matcher.solver.column_generation.test_solve import REGIMES, directly, solved
from tests.matcher.solver.pools import Pool, a_pool


def ranked(pool: Pool, seed: int) -> Pool:
    """The same pool with priorities that outweigh all fit."""
    priority = np.random.default_rng(seed).integers(1, 40, len(pool.scores.mentee_bonus))
    scores = ScoreModel(**{**vars(pool.scores), "mentee_bonus": priority * 1_000_000})
    return Pool(pool.rules, scores, pool.capacity, pool.keys)


@pytest.mark.parametrize("compiled", TWINS)
@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("priorities", [False, True])
def test_lists_by_price_of_any_length_give_the_best_pairs(regime: str, priorities: bool, compiled: bool) -> None:
    for seed in range(8):
        pool = a_pool(seed, mentees=90, mentors=40, places=REGIMES[regime], steps=(1, 3, 40)[seed % 3])
        pool = ranked(pool, seed) if priorities else pool
        answer = solved(pool, compiled, ListLengths(0, 1 + seed % 4, 90, 40, by_price=1 + seed % 3))
        assert answer.assignment.mentor_of.tolist() == directly(pool).mentor_of.tolist(), seed
        assert answer.certificate.proves_optimal, seed


@pytest.mark.parametrize("compiled", TWINS)
@pytest.mark.parametrize("regime", REGIMES)
def test_an_earlier_answer_gives_the_same_pairs_alternates_and_counts(regime: str, compiled: bool) -> None:
    for seed in range(8):
        pool = a_pool(seed, mentees=90, mentors=40, places=REGIMES[regime], steps=(1, 3, 40)[seed % 3])
        fresh = solved(pool, compiled)
        other = solved(a_pool(seed + 100, mentees=90, mentors=40, places=1.0), compiled).assignment
        for start in (fresh.assignment, other, nobody_placed(90, 40)):
            led = solve(pool.rules, pool.scores, pool.capacity, tie_break=pool.keys, compiled=compiled, start=start)
            assert led.assignment.mentor_of.tolist() == fresh.assignment.mentor_of.tolist(), seed
            assert led.alternates.tolist() == fresh.alternates.tolist(), seed
            assert led.eligible_count.tolist() == fresh.eligible_count.tolist(), seed
            assert led.certificate.proves_optimal, seed


def nobody_placed(mentees: int, mentors: int) -> Assignment:
    free, nothing = np.zeros(mentees, np.int64), np.zeros(mentors, np.int64)
    return Assignment(free - 1, free, nothing, free, nothing, 0)


@pytest.mark.parametrize("compiled", TWINS)
def test_an_absurd_price_guess_costs_time_and_nothing_else(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = a_pool(4, mentees=90, mentors=40, places=1.0, steps=40)
    expected = directly(pool).mentor_of.tolist()
    rng = np.random.default_rng(4)
    for floor in (NOTHING, 0, 10**6):
        guess = PriceGuess(rng.integers(0, 10**12, 40), np.full(90, floor))
        monkeypatch.setattr(columns_module, "guess_prices", lambda *_, guess=guess: guess)
        answer = solved(pool, compiled, ListLengths(0, 2, 90, 40, by_price=3))
        assert answer.assignment.mentor_of.tolist() == expected
        assert answer.certificate.proves_optimal


@compiled_only
@pytest.mark.parametrize("regime", REGIMES)
def test_the_number_of_threads_changes_nothing(regime: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.matcher.solver.scoring.native_scorer.SLICE_PAIRS", 1)  # many slices of few people
    for seed in range(3):
        pool = a_pool(seed, mentees=600, mentors=60, places=REGIMES[regime], steps=(2, 40, 3)[seed])
        answers = [
            solve(pool.rules, pool.scores, pool.capacity, tie_break=pool.keys, limits=Limits(threads=threads))
            for threads in (1, 2, 5)
        ]
        assert answers[0].assignment.mentor_of.tolist() == directly(pool).mentor_of.tolist()
        for other in answers[1:]:
            assert other.assignment.mentor_of.tolist() == answers[0].assignment.mentor_of.tolist(), seed
            assert other.alternates.tolist() == answers[0].alternates.tolist(), seed
            assert other.eligible_count.tolist() == answers[0].eligible_count.tolist(), seed
            assert other.certificate == answers[0].certificate


def test_every_slice_is_worked_on_once_and_lanes_never_meet() -> None:
    slices = [(at, at + 1) for at in range(200)]
    seen: list[list[int]] = [[] for _ in range(4)]
    shares: list[float] = []
    share_out(slices, 4, lambda lane, at: seen[lane].append(at[0]), shares.append)
    assert sorted(at for lane in seen for at in lane) == list(range(200))
    assert shares[1:] == sorted(shares[1:])
    assert all(0.0 <= share < 1.0 for share in shares)


@pytest.mark.parametrize("where", ["pause", "work"])
def test_an_exception_in_one_lane_stops_all_and_is_raised(where: str) -> None:
    done: list[int] = []

    def work(_: int, at: tuple[int, int]) -> None:
        if where == "work" and at[0] == 3:
            raise MemoryError("no room")
        done.append(at[0])

    def pause(_: float) -> None:
        if where == "pause" and len(done) > 10:
            raise RunCancelledError("cancelled")

    expected: type[BaseException] = MemoryError if where == "work" else RunCancelledError
    with pytest.raises(expected):
        share_out([(at, at + 1) for at in range(100_000)], 3, work, pause)
    assert len(done) < 100_000


def test_no_more_lanes_than_slices_and_two_unless_asked() -> None:
    assert threads_for(1, None) == 1
    assert threads_for(0, None) == 1
    assert threads_for(100, 7) == 7
    assert threads_for(100, None) <= 2


@pytest.mark.parametrize("compiled", TWINS)
@pytest.mark.parametrize("largest", [100, 40_000])
def test_shares_of_mentees_multiply_the_points_of_tables(largest: int, compiled: bool) -> None:
    for seed in range(6):
        pool = a_pool(seed, mentees=90, mentors=40, places=(0.7, 1.0, 2.0)[seed % 3])
        rng = np.random.default_rng(seed)
        tables = tuple(rng.integers(-3, largest, (5, 4)).astype(np.int32) for _ in range(3))
        share = rng.integers(0, 40 if largest > 100 else 900, (3, 90)).astype(np.int32)
        shared = ScoreModel(**{**vars(pool.scores), "tables": tables, "mentee_share": share})
        multiplied_pool = Pool(pool.rules, multiplied(shared), pool.capacity, pool.keys)
        assert multiplied(shared).mentee_share is None
        answer = solved(Pool(pool.rules, shared, pool.capacity, pool.keys), compiled)
        assert answer.assignment.mentor_of.tolist() == directly(multiplied_pool).mentor_of.tolist(), seed
        assert answer.certificate.proves_optimal, seed


def test_a_start_for_other_people_and_a_negative_share_are_refused() -> None:
    pool = a_pool(1)
    with pytest.raises(BadArraysError, match="over other rows"):
        solve(pool.rules, pool.scores, pool.capacity, start=nobody_placed(3, 25))
    share = np.full((3, 40), -1, np.int32)
    with pytest.raises(BadArraysError, match="mentee_share"):
        solve(pool.rules, ScoreModel(**{**vars(pool.scores), "mentee_share": share}), pool.capacity)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"mentor_price": np.full(25, np.nan)}, "mentor_price holds NaN"),
        ({"mentor_price": ["cheap"] * 25}, "mentor_price holds"),
        ({"mentor_price": np.full(25, 2**61)}, "mentor_price is beyond"),
        ({"mentor_of": np.full(40, 0.5)}, "mentor_of holds fractions"),
        ({"mentor_of": [25] * 40}, "mentor_of names a row that is not there"),
        ({"mentor_of": np.zeros(40, bool)}, "mentor_of is a mask"),
        ({"mentor_of": None}, "over other rows"),
    ],
)
def test_a_start_that_is_not_one_is_refused_in_one_sentence(fields: dict[str, Any], message: str) -> None:
    pool = a_pool(1)
    start = replace(nobody_placed(40, 25), **fields)
    with pytest.raises((BadArraysError, ValueTooLargeError), match=message):
        solve(pool.rules, pool.scores, pool.capacity, start=start)


def test_a_start_may_be_lists() -> None:
    pool = a_pool(1)
    fresh = solve(pool.rules, pool.scores, pool.capacity).assignment
    lists: Any = {name: getattr(fresh, name).tolist() for name in ("mentor_of", "mentor_price")}
    again = solve(pool.rules, pool.scores, pool.capacity, start=replace(fresh, **lists)).assignment
    assert again.mentor_of.tolist() == fresh.mentor_of.tolist()


@pytest.mark.parametrize("compiled", TWINS)
def test_prices_pushed_up_by_people_left_over_lead_nobody_astray(compiled: bool) -> None:
    for seed in range(6):
        pool = ranked(a_pool(seed, mentees=90, mentors=40, places=0.6), seed)
        fresh = solved(pool, compiled)
        led = solve(
            pool.rules, pool.scores, pool.capacity, tie_break=pool.keys, compiled=compiled, start=fresh.assignment
        )
        assert led.assignment.mentor_of.tolist() == fresh.assignment.mentor_of.tolist(), seed
