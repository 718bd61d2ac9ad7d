"""A run stops at its limits with a clear error, and reports progress."""

from typing import Any

import pytest

from services.matcher.solver.column_generation import STEPS, Limits, Solution, Watch, solve
from services.matcher.solver.column_generation.list_lengths import ListLengths
from services.matcher.solver.errors import MemoryLimitReachedError, RunCancelledError, TimeLimitReachedError
from tests.matcher.solver.backends import TWINS
from tests.matcher.solver.pools import Pool, a_pool


def solved(pool: Pool, **how: Any) -> Solution:
    return solve(pool.rules, pool.scores, pool.capacity, **how)


def watched(pool: Pool, **how: Any) -> tuple[list[tuple[str, float]], Solution]:
    """Return the reported progress and the solution."""
    reported: list[tuple[str, float]] = []
    answer = solved(pool, watch=Watch(progress=lambda step, share: reported.append((step, share))), **how)
    return reported, answer


@pytest.mark.parametrize("compiled", TWINS)
def test_no_time_left_is_an_error_and_not_a_partial_result(compiled: bool) -> None:
    with pytest.raises(TimeLimitReachedError, match="seconds"):
        solved(a_pool(1), watch=Watch(seconds=0.0), compiled=compiled)


@pytest.mark.parametrize("compiled", TWINS)
def test_a_cancelled_run_stops(compiled: bool) -> None:
    asked = []

    def on_the_third_call() -> bool:
        asked.append(True)
        return len(asked) == 3

    with pytest.raises(RunCancelledError, match="cancelled"):
        solved(a_pool(1), watch=Watch(cancelled=on_the_third_call), compiled=compiled)
    assert len(asked) == 3


def test_too_much_memory_is_refused_before_it_is_taken() -> None:
    with pytest.raises(MemoryLimitReachedError, match="MB needed"):
        solved(a_pool(1, mentees=4000, mentors=1000), limits=Limits(megabytes=1))


def test_generous_limits_change_nothing() -> None:
    pool = a_pool(1)
    watch = Watch(seconds=600, cancelled=lambda: False)
    bounded = solved(pool, limits=Limits(megabytes=4000), watch=watch)
    assert bounded.assignment.mentor_of.tolist() == solved(pool).assignment.mentor_of.tolist()


@pytest.mark.parametrize("compiled", TWINS)
def test_progress_names_the_step_and_the_share_done(compiled: bool) -> None:
    reported, _ = watched(a_pool(1), compiled=compiled)
    assert {"score", "assign"} <= {step for step, _ in reported} <= {"score", "assign", "price"}
    assert all(0.0 <= share <= 1.0 for _, share in reported)


@pytest.mark.parametrize("compiled", TWINS)
@pytest.mark.parametrize(
    "lengths", [ListLengths(2, 2, 90, 40), ListLengths(0, 2, 90, 40, by_price=2)], ids=["lists", "guided lists"]
)
def test_progress_never_goes_back_though_pairs_are_priced_and_assigned_again(
    lengths: ListLengths, compiled: bool
) -> None:
    rounds = 0
    for seed in range(6):
        pool = a_pool(seed, mentees=90, mentors=40, places=0.9)
        calls, answer = watched(pool, lengths=lengths, compiled=compiled)
        rounds += answer.stats.rounds
        reported = [(STEPS.index(step), share) for step, share in calls]
        assert reported == sorted(reported)
        assert len(reported) > 3
    assert rounds > 0
