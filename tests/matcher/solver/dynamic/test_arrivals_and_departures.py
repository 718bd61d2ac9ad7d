"""Long days at the door: both twins of the standing market stay alike, and their prices prove them right."""

import numpy as np
import pytest

from services.matcher.solver.assignment import assign
from services.matcher.solver.dynamic.dynamic_assignment import DynamicAssignment
from tests.matcher.solver.backends import TWINS, compiled_only
from tests.matcher.solver.dynamic_scenario import Town
from tests.matcher.solver.markets import edges_of


@pytest.mark.parametrize("compiled", TWINS)
def test_over_many_changes_pairs_stay_the_batch_and_prices_prove_them(compiled: bool) -> None:
    for seed in range(12):
        town = Town(seed, (compiled,))
        for step in range(60):
            before = town.doors[0].outcome()
            town.change()
            answer = town.doors[0].assignment()
            assert answer.mentor_of.tolist() == town.batch(), (seed, step)
            town.check(town.doors[0].outcome(), answer.value)
            fell = [
                i
                for i, price in enumerate(zip(before.mentee_price, before.mentee_tie_price, strict=True))
                if (answer.mentee_price[i], answer.mentee_tie_price[i]) < price and town.values[i].any()
            ]
            assert set(fell) <= set(town.doors[0].take_lowered()), (seed, step)


@compiled_only
def test_the_twins_pair_the_same_people_at_the_end_of_every_long_day() -> None:
    for seed in range(6):
        town = Town(seed + 50, (False, True), mentees=0, mentors=1)
        town.a_mentee_comes()
        for step in range(250):
            town.change()
            plain, compiled = town.doors
            assert plain.outcome().mentor_of.tolist() == compiled.outcome().mentor_of.tolist(), (seed, step)
            if step % 10 == 0:
                town.check(compiled.outcome(), compiled.assignment().value)
                town.check(plain.outcome(), plain.assignment().value)


@pytest.mark.parametrize("compiled", TWINS)
def test_somebody_who_left_may_come_back_to_other_mentors(compiled: bool) -> None:
    """Their new edge may not be taken for one of the mentor they knew before."""
    edges = edges_of(np.array([[9, 0], [8, 0], [7, 0], [0, 60]]), np.zeros((4, 2), int))
    standing = DynamicAssignment(edges, [1, 1], assign(edges, [1, 1]), compiled=compiled)
    standing.remove_mentee(0)
    standing.add_pairs(0, [1], [100], [0])
    assert standing.outcome().mentor_of.tolist() == [1, 0, -1, -1]
    standing.set_capacity(0, 2)
    assert standing.outcome().mentor_of.tolist() == [1, 0, 0, -1]
    assert standing.assignment().value == 115
