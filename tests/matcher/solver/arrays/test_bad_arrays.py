"""Bad input gets one clear error, and the caller's arrays stay as they were."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Edges, TieBreak, assign
from services.matcher.solver.column_generation import solve
from services.matcher.solver.errors import BadArraysError, SolverError, ValueTooLargeError
from tests.matcher.solver.pools import a_pool

EDGES = Edges(np.array([0, 2, 3]), np.array([0, 1, 1]), np.array([5, 4, 3]))


@pytest.mark.parametrize(
    ("capacity", "message"),
    [
        ([1, -1], "negative"),
        ([1, np.nan], "NaN"),
        ([1, np.inf], "NaN or infinite"),
        ([1, 0.5], "fractions"),
        ([[1, 1]], "shape"),
        (["a", "b"], "whole numbers"),
        ([1], "not there"),
        ([2**70, 1], "whole numbers"),
    ],
)
def test_invalid_capacity(capacity: Any, message: str) -> None:
    with pytest.raises(BadArraysError, match=message):
        assign(EDGES, capacity)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": np.array([5.0, np.nan, 1.0])}, "NaN"),
        ({"value": np.array([5.0, -np.inf, 1.0])}, "NaN or infinite"),
        ({"value": np.array([5, 4])}, "shape"),
        ({"mentor": np.array([0, 2, 1])}, "not there"),
        ({"mentor": np.array([0, -1, 1])}, "not there"),
        ({"mentor": np.array([0, 0, 1])}, "twice"),
        ({"mentor": np.array([False, True, True])}, "mask"),
        ({"indptr": np.array([0, 3, 2])}, "indptr"),
        ({"indptr": np.array([1, 2, 3])}, "indptr"),
        ({"indptr": np.array([], dtype=int)}, "indptr"),
        ({"tie": np.array([0, -1, 0])}, "tie"),
        ({"tie": np.array([0, 2**40, 0])}, "tie"),
    ],
)
def test_edges_that_are_invalid(change: dict[str, I64], message: str) -> None:
    with pytest.raises(BadArraysError, match=message):
        assign(replace(EDGES, **change), [1, 1])


def test_values_whose_sums_could_overflow_are_refused() -> None:
    with pytest.raises(ValueTooLargeError, match="overflow"):
        assign(replace(EDGES, value=np.array([2**62, 1, 1])), [1, 1])


def test_negative_values_are_simply_not_used() -> None:
    assert assign(replace(EDGES, value=np.array([-(2**62), 4, -1])), [1, 1]).mentor_of.tolist() == [1, -1]


def test_huge_capacities_are_just_enough_places() -> None:
    assert assign(EDGES, [2**62, 2**62]).mentor_of.tolist() == [0, 1]


def test_assigning_changes_nothing_of_the_callers() -> None:
    before = [EDGES.indptr.copy(), EDGES.mentor.copy(), EDGES.value.copy()]
    assign(EDGES, [1, 1])
    assert all((a == b).all() for a, b in zip(before, (EDGES.indptr, EDGES.mentor, EDGES.value), strict=True))


@pytest.mark.parametrize("part", ["mentee_codes", "mentor_codes"])
def test_a_code_outside_its_table(part: str) -> None:
    pool = a_pool(1)
    codes = getattr(pool.scores, part).copy()
    codes[0, 0] = 999
    with pytest.raises(BadArraysError, match=part):
        solve(pool.rules, replace(pool.scores, **{part: codes}), pool.capacity)


@pytest.mark.parametrize("least", [0.5, float("nan"), 2**70, "much"])
def test_a_least_fit_that_is_no_number(least: Any) -> None:
    pool = a_pool(1)
    with pytest.raises(BadArraysError, match="least"):
        solve(pool.rules, replace(pool.scores, least=least), pool.capacity)


def test_an_exclusion_of_an_unknown_person() -> None:
    pool = a_pool(1)
    rules = replace(pool.rules, excluded=np.array([[0, 10**6]]))
    with pytest.raises(BadArraysError, match="excluded"):
        solve(rules, pool.scores, pool.capacity)


def test_rules_and_scores_of_different_pools() -> None:
    with pytest.raises(BadArraysError, match="different numbers"):
        solve(a_pool(1).rules, a_pool(2, mentees=7).scores, a_pool(1).capacity)


def test_keys_of_the_wrong_length() -> None:
    pool = a_pool(1)
    with pytest.raises(BadArraysError, match="mentee_key"):
        solve(pool.rules, pool.scores, pool.capacity, tie_break=TieBreak.by_row(1, len(pool.capacity)))


def test_weights_that_could_overflow() -> None:
    pool = a_pool(1)
    heavy: tuple[Any, ...] = tuple(table.astype(np.int64) * 10_000_000 for table in pool.scores.tables)
    unknown: Any = pool.scores.mentee_bonus * np.nan
    with pytest.raises(SolverError, match=r"outside|lower the weights"):
        solve(pool.rules, replace(pool.scores, tables=heavy), pool.capacity)
    with pytest.raises(ValueTooLargeError):
        solve(pool.rules, replace(pool.scores, mentee_bonus=pool.scores.mentee_bonus + 2**60), pool.capacity)
    with pytest.raises(BadArraysError, match="NaN"):
        solve(pool.rules, replace(pool.scores, mentee_bonus=unknown), pool.capacity)
