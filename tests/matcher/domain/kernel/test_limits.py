"""A run stops when it is told to, with a sentence, and says how far it is."""

from typing import Any

import pytest

from services.matcher.domain.errors import MemoryLimitReachedError, RunCancelledError, TimeLimitReachedError
from services.matcher.domain.solve import Limits, Solution, solve
from tests.matcher.domain.kernel.pools import Pool, a_pool
from tests.matcher.domain.kernel.twins import TWINS


def solved(pool: Pool, **how: Any) -> Solution:
    return solve(pool.rules, pool.scores, pool.capacity, **how)


@pytest.mark.parametrize("compiled", TWINS)
def test_no_time_left_is_an_error_and_not_half_an_answer(compiled: bool) -> None:
    with pytest.raises(TimeLimitReachedError, match="seconds"):
        solved(a_pool(1), limits=Limits(seconds=0.0), compiled=compiled)


@pytest.mark.parametrize("compiled", TWINS)
def test_a_cancelled_run_stops(compiled: bool) -> None:
    asked = []

    def on_the_third_asking() -> bool:
        asked.append(True)
        return len(asked) == 3

    with pytest.raises(RunCancelledError, match="cancelled"):
        solved(a_pool(1), cancelled=on_the_third_asking, compiled=compiled)
    assert len(asked) == 3


def test_too_much_memory_is_refused_before_it_is_taken() -> None:
    with pytest.raises(MemoryLimitReachedError, match="MB needed"):
        solved(a_pool(1, mentees=4000, mentors=1000), limits=Limits(megabytes=1))


def test_generous_limits_change_nothing() -> None:
    pool = a_pool(1)
    bounded = solved(pool, limits=Limits(seconds=600, megabytes=4000), cancelled=lambda: False)
    assert bounded.assignment.mentor_of.tolist() == solved(pool).assignment.mentor_of.tolist()


@pytest.mark.parametrize("compiled", TWINS)
def test_progress_names_the_step_and_the_share_done(compiled: bool) -> None:
    told: list[tuple[str, float]] = []
    solved(a_pool(1), progress=lambda step, share: told.append((step, share)), compiled=compiled)
    assert {"score", "assign"} <= {step for step, _ in told} <= {"score", "assign", "price"}
    assert all(0.0 <= share <= 1.0 for _, share in told)
