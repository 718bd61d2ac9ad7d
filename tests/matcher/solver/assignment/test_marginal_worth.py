"""The worth of one more place equals the gain of a new solve with it, in many small markets with ties."""

from collections.abc import Callable

import numpy as np
import pytest

from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Assignment, assign, marginal_worth_of
from tests.matcher.solver.markets import BIG, Market, a_market, best_value, edges_of


def block_of(market: Market) -> Callable[[I64], I64]:
    return lambda rows: market.values[rows]


def solved_again(market: Market, mentor: int) -> Assignment:
    capacity = market.capacity.copy()
    capacity[mentor] += 1
    return assign(market.edges, capacity)


@pytest.mark.parametrize("seed", range(300))
def test_one_more_place_is_worth_what_a_new_solve_gains(seed: int) -> None:
    market = a_market(seed)
    answer = assign(market.edges, market.capacity)
    found = marginal_worth_of(block_of(market), answer)
    for mentor in range(len(market.capacity)):
        again = solved_again(market, mentor)
        assert found.worth[mentor] == again.value - answer.value


@pytest.mark.parametrize("seed", range(100))
def test_comes_in_is_right_where_people_come_first(seed: int) -> None:
    market = a_market(seed)
    first = Market(np.where(market.values > 0, market.values + BIG, 0), market.capacity, market.keys)
    answer = assign(first.edges, first.capacity)
    found = marginal_worth_of(block_of(first), answer)
    matched = int((answer.mentor_of >= 0).sum())
    for mentor in range(len(first.capacity)):
        more = int((solved_again(first, mentor).mentor_of >= 0).sum()) - matched
        assert found.comes_in[mentor] == (more == 1)


def test_the_price_of_a_place_is_never_less_and_often_more() -> None:
    above = mentors = 0
    for seed in range(300):
        market = a_market(seed)
        answer = assign(market.edges, market.capacity)
        worth = marginal_worth_of(block_of(market), answer).worth
        assert (worth >= 0).all()
        assert (worth <= answer.mentor_price).all()
        above += int((worth < answer.mentor_price).sum())
        mentors += len(worth)
    assert above > mentors // 20, "which is why prices are not shown as the worth of a place"


def test_it_holds_where_there_are_no_places_no_mentees_or_no_pairs() -> None:
    nothing: I64 = np.zeros((3, 2), dtype=np.int64)
    for values, capacity in ((nothing, [1, 1]), (nothing + 5, [0, 0]), (nothing[:0], [1, 2]), (nothing[:, :0], [])):
        market = Market(values, np.array(capacity, dtype=np.int64), a_market(0).keys)
        edges_answer = assign(edges_of(values, np.zeros_like(values)), market.capacity)
        found = marginal_worth_of(block_of(market), edges_answer)
        expected = [
            best_value(values, market.capacity + np.eye(len(capacity), dtype=np.int64)[j]) - edges_answer.value
            for j in range(len(capacity))
        ]
        assert found.worth.tolist() == expected
