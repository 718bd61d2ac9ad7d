"""A dynamic assignment starts from any assignment that can be repaired; others raise a one-sentence error."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bench.single_changes.listed_assignment import ListedAssignment
from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Assignment, assign, certify
from services.matcher.solver.errors import BadArraysError, SolverError, ValueTooLargeError
from tests.matcher.solver.backends import TWINS, compiled_only
from tests.matcher.solver.markets import Market, a_market, edges_of

VALUES, TIES = np.array([[9, 8], [7, 0], [0, 6]]), np.array([[1, 2], [3, 0], [0, 4]])
EDGES, PLACES = edges_of(VALUES, TIES), [1, 1]
each_twin = pytest.mark.parametrize("compiled", TWINS)


def refused(change: dict[str, Any], message: str, compiled: bool, error: type[Exception] = BadArraysError) -> None:
    with pytest.raises(error, match=message):
        ListedAssignment(EDGES, PLACES, replace(assign(EDGES, PLACES), **change), compiled=compiled)


@each_twin
@pytest.mark.parametrize("pairs", [[0, 0, 1], [1, -1, 1], [0, 0, -1]])
def test_more_people_than_places(pairs: list[int], compiled: bool) -> None:
    refused({"mentor_of": np.array(pairs)}, "more people than places", compiled)


@each_twin
@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([0, -1], "shape"),
        ([[0, -1, 1]], "shape"),
        ([0, -1, 2], "not there"),
        ([0, -2, 1], "not there"),
        ([0, -1, 10**12], "not there"),
        ([0, -1, 2**70], "whole numbers"),
        ([0, np.nan, 1], "NaN"),
        ([0, -1, 0.5], "fractions"),
        ([False, False, True], "mask"),
        (["0", "1", "1"], "whole numbers"),
    ],
)
def test_pairs_that_are_invalid(pairs: Any, message: str, compiled: bool) -> None:
    refused({"mentor_of": pairs}, message, compiled)


@each_twin
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mentor_price": [5, -1]}, "negative price for mentor 1"),
        ({"mentor_price": [0, 3], "mentor_tie_price": [-1, -1]}, "negative price for mentor 0"),
        ({"mentee_price": [5, 0, -3]}, "negative price for mentee 2"),
        ({"mentee_price": [0, 0, 3], "mentee_tie_price": [0, -1, 0]}, "negative price for mentee 1"),
        ({"mentor_price": [5]}, "shape"),
        ({"mentor_tie_price": [0, 0, 0]}, "shape"),
        ({"mentee_price": [5, 0]}, "shape"),
        ({"mentee_tie_price": [[0, 0, 0]]}, "shape"),
        ({"mentor_price": [np.nan, 0]}, "NaN"),
        ({"mentor_price": [np.inf, 0]}, "NaN or infinite"),
        ({"mentor_price": [0.5, 0]}, "fractions"),
        ({"mentor_tie_price": [None, 0]}, "whole numbers"),
    ],
)
def test_prices_that_are_invalid(change: dict[str, Any], message: str, compiled: bool) -> None:
    refused(change, message, compiled)


@each_twin
@pytest.mark.parametrize("word", ["mentee_price", "mentee_tie_price", "mentor_price", "mentor_tie_price"])
@pytest.mark.parametrize("price", [2**60 + 1, -(2**60) - 1])
def test_prices_whose_sums_could_overflow(word: str, price: int, compiled: bool) -> None:
    prices = [price, 1] if word.startswith("mentor") else [price, 1, 1]
    refused({word: prices}, "overflow", compiled, ValueTooLargeError)


def a_start(seed: int, market: Market, *, sound: bool) -> Assignment:
    """Return random pairs and prices; unless ``sound``, some are invalid."""
    rng = np.random.default_rng(seed)
    rows, columns = market.values.shape
    lowest = 0 if sound else int(rng.choice([0, 0, -1, -50]))
    pairs: I64 = rng.integers(-1, columns, (rows,))
    if sound:
        for j in range(columns):
            pairs[np.flatnonzero(pairs == j)[market.capacity[j] :]] = -1
    prices: I64 = rng.integers(lowest, int(rng.choice([1, 5, 2000, 2**60])) + 1, (rows + columns,))
    ties = np.where(prices > 0, rng.integers(-(2**41), 2**41, rows + columns), 0)
    return Assignment(pairs, prices[:rows], prices[rows:], ties[:rows], ties[rows:], 0)


@each_twin
def test_any_start_that_keeps_within_places_and_prices_ends_at_the_optimum(compiled: bool) -> None:
    for seed in range(200):
        market = a_market(seed, most=8)
        start = a_start(seed, market, sound=True)
        dynamic = ListedAssignment(market.edges, market.capacity, start, compiled=compiled)
        answer = dynamic.assignment()
        assert answer.mentor_of.tolist() == assign(market.edges, market.capacity).mentor_of.tolist(), seed
        assert certify(market.edges, market.capacity, answer).proves_optimal, seed


@compiled_only
def test_the_twins_refuse_the_same_starts_with_the_same_message() -> None:
    outcomes: dict[bool, list[object]] = {False: [], True: []}
    for twin, results in outcomes.items():
        for seed in range(200):
            market = a_market(seed, most=8)
            try:
                now = ListedAssignment(market.edges, market.capacity, a_start(seed, market, sound=False), compiled=twin)
                results.append(now.outcome().mentor_of.tolist())
            except SolverError as error:
                results.append(str(error))
    assert outcomes[False] == outcomes[True]
    every = " ".join(map(str, outcomes[True]))
    assert all(word in every for word in ("more people than places", "negative price", "[0")), "each was tried"


@each_twin
def test_a_start_is_read_and_not_kept(compiled: bool) -> None:
    start = assign(EDGES, PLACES)
    before = [start.mentor_of.tolist(), start.mentor_price.tolist()]
    dynamic = ListedAssignment(EDGES, PLACES, start, compiled=compiled)
    dynamic.set_capacity(0, 2)
    dynamic.remove_mentee(0)
    assert [start.mentor_of.tolist(), start.mentor_price.tolist()] == before


@each_twin
def test_lists_are_a_start_as_good_as_arrays(compiled: bool) -> None:
    start: Any = Assignment([0, -1, 1], [0, 0, 0], [0, 0], [0, 0, 0], [0, 0], 0)  # type: ignore[arg-type]
    assert ListedAssignment(EDGES, PLACES, start, compiled=compiled).outcome().mentor_of.tolist() == [0, -1, 1]
