"""Many arrivals and departures: both twins stay equal, and their prices prove their pairs."""

import numpy as np
import pytest

from bench.single_changes.listed_assignment import ListedAssignment
from services.matcher.solver.assignment import assign
from tests.bench.single_changes.dynamic_scenario import Scenario
from tests.matcher.solver.backends import TWINS, compiled_only
from tests.matcher.solver.markets import edges_of


@pytest.mark.parametrize("compiled", TWINS)
def test_over_many_changes_pairs_stay_the_batch_and_prices_prove_them(compiled: bool) -> None:
    for seed in range(12):
        scenario = Scenario(seed, (compiled,))
        for step in range(60):
            before = scenario.dynamics[0].outcome()
            scenario.change()
            answer = scenario.dynamics[0].assignment()
            assert answer.mentor_of.tolist() == scenario.batch(), (seed, step)
            scenario.check(scenario.dynamics[0].outcome(), answer.value)
            fell = [
                i
                for i, price in enumerate(zip(before.mentee_price, before.mentee_tie_price, strict=True))
                if (answer.mentee_price[i], answer.mentee_tie_price[i]) < price and scenario.values[i].any()
            ]
            assert set(fell) <= set(scenario.dynamics[0].take_lowered()), (seed, step)


@compiled_only
def test_the_twins_have_the_same_pairs_after_every_change() -> None:
    for seed in range(6):
        scenario = Scenario(seed + 50, (False, True), mentees=0, mentors=1)
        scenario.a_mentee_comes()
        for step in range(250):
            scenario.change()
            plain, compiled = scenario.dynamics
            assert plain.outcome().mentor_of.tolist() == compiled.outcome().mentor_of.tolist(), (seed, step)
            if step % 10 == 0:
                scenario.check(compiled.outcome(), compiled.assignment().value)
                scenario.check(plain.outcome(), plain.assignment().value)


@pytest.mark.parametrize("compiled", TWINS)
def test_a_mentee_who_left_may_come_back_with_other_mentors(compiled: bool) -> None:
    """The new edge must not be taken for an old one."""
    edges = edges_of(np.array([[9, 0], [8, 0], [7, 0], [0, 60]]), np.zeros((4, 2), int))
    dynamic = ListedAssignment(edges, [1, 1], assign(edges, [1, 1]), compiled=compiled)
    dynamic.remove_mentee(0)
    dynamic.add_pairs(0, [1], [100], [0])
    assert dynamic.outcome().mentor_of.tolist() == [1, 0, -1, -1]
    dynamic.set_capacity(0, 2)
    assert dynamic.outcome().mentor_of.tolist() == [1, 0, 0, -1]
    assert dynamic.assignment().value == 115
