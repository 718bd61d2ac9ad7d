"""Invalid changes of a dynamic assignment raise one clear error and change nothing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bench.single_changes.listed_assignment import ListedAssignment
from services.matcher.solver.assignment import assign
from services.matcher.solver.errors import BadArraysError, ValueTooLargeError
from tests.matcher.solver.backends import TWINS
from tests.matcher.solver.markets import edges_of

pytestmark = pytest.mark.parametrize("compiled", TWINS)
Change = Callable[[ListedAssignment], object]


def a_listed_assignment(compiled: bool) -> ListedAssignment:
    """Three mentees, two mentors with a place each."""
    edges = edges_of(np.array([[9, 8], [7, 0], [0, 6]]), np.array([[1, 2], [3, 0], [0, 4]]))
    return ListedAssignment(edges, [1, 1], assign(edges, [1, 1]), compiled=compiled)


def state_of(dynamic: ListedAssignment) -> list[list[int]]:
    """Pairs and prices."""
    now = dynamic.outcome()
    prices = now.mentee_price, now.mentee_tie_price, now.mentor_price, now.mentor_tie_price
    return [part.tolist() for part in (now.mentor_of, *prices)]


def refused(change: Change, message: str, compiled: bool, error: type[Exception] = BadArraysError) -> None:
    dynamic = a_listed_assignment(compiled)
    with pytest.raises(error, match=message):
        change(dynamic)
    assert state_of(dynamic) == state_of(a_listed_assignment(compiled))
    assert dynamic.insert_mentee([0], [99], [1]) == 3, "nobody was added"
    assert dynamic.insert_mentor([0], [99], [1], 1) == 2, "nobody was added"


@pytest.mark.parametrize("row", [-1, 3, 10**9])
@pytest.mark.parametrize(
    "change",
    [lambda dynamic, row: dynamic.remove_mentee(row), lambda dynamic, row: dynamic.add_pairs(row, [0], [5], [1])],
)
def test_a_mentee_that_does_not_exist(
    change: Callable[[ListedAssignment, int], None], row: int, compiled: bool
) -> None:
    refused(lambda dynamic: change(dynamic, row), f"row {row} is not there", compiled)


@pytest.mark.parametrize("row", [-1, 2, 10**9])
@pytest.mark.parametrize(
    "change", [lambda dynamic, row: dynamic.remove_mentor(row), lambda dynamic, row: dynamic.set_capacity(row, 2)]
)
def test_a_mentor_that_does_not_exist(
    change: Callable[[ListedAssignment, int], None], row: int, compiled: bool
) -> None:
    refused(lambda dynamic: change(dynamic, row), f"row {row} is not there", compiled)


@pytest.mark.parametrize("row", [0.5, 0.0, np.nan, True, np.True_, "0", None, [0], np.array([0])])
@pytest.mark.parametrize(
    "change",
    [
        lambda dynamic, row: dynamic.remove_mentee(row),
        lambda dynamic, row: dynamic.add_pairs(row, [0], [5], [1]),
        lambda dynamic, row: dynamic.remove_mentor(row),
        lambda dynamic, row: dynamic.set_capacity(row, 2),
    ],
)
def test_a_row_that_is_no_whole_number(
    change: Callable[[ListedAssignment, Any], None], row: Any, compiled: bool
) -> None:
    refused(lambda dynamic: change(dynamic, row), "is not there", compiled)


@pytest.mark.parametrize(
    ("capacity", "message"),
    [
        (-1, "negative"),
        (-0.5, "fractions"),
        (1.5, "fractions"),
        (np.nan, "NaN"),
        (np.inf, "NaN or infinite"),
        (2**63, "outside|whole numbers"),
        (2**70, "whole numbers"),
        ("2", "whole numbers"),
        (None, "whole numbers"),
        ([1], "shape"),
    ],
)
def test_places_that_are_invalid(capacity: Any, message: str, compiled: bool) -> None:
    refused(lambda dynamic: dynamic.set_capacity(0, capacity), message, compiled)
    refused(lambda dynamic: dynamic.insert_mentor([0, 1], [5, 5], [1, 2], capacity), message, compiled)


@pytest.mark.parametrize("places", [2, 2.0, np.int32(2), np.uint8(2), 2**62])
def test_whole_numbers_of_any_type_are_places(places: Any, compiled: bool) -> None:
    dynamic = a_listed_assignment(compiled)
    dynamic.set_capacity(0, places)
    assert dynamic.outcome().mentor_of.tolist() == [0, 0, 1]
    assert dynamic.insert_mentor([0, 1], [20, 20], [1, 2], places) == 2
    assert dynamic.outcome().mentor_of.tolist() == [2, 2, 1]


@pytest.mark.parametrize(
    ("people", "ties", "message"),
    [
        ([1, 0, 1], [1, 2, 3], "twice"),
        ([-1], [1], "not there"),
        ([3], [1], "not there"),
        ([1], [-1], "tie"),
        ([1], [2**40], "tie"),
        ([True], [1], "mask"),
        ([np.nan], [1], "NaN"),
        ([0.5], [1], "fractions"),
        ([0], [1, 2], "shape"),
        ([[0]], [1], "shape"),
        (["0"], [1], "whole numbers"),
    ],
)
def test_a_mentor_whose_edges_are_invalid(people: list[Any], ties: list[int], message: str, compiled: bool) -> None:
    refused(lambda dynamic: dynamic.insert_mentor(people, [1] * len(people), ties, 1), message, compiled)


def test_a_mentee_whose_edges_are_invalid(compiled: bool) -> None:
    refused(lambda dynamic: dynamic.insert_mentee([2], [1], [1]), "not there", compiled)
    refused(lambda dynamic: dynamic.add_pairs(0, [1, 1], [1, 1], [1, 2]), "twice", compiled)


def test_a_newcomer_with_values_that_could_overflow_is_refused(compiled: bool) -> None:
    changes: tuple[Change, ...] = (
        lambda dynamic: dynamic.insert_mentee([0, 1], [2**58 + 1, 1], [1, 1]),
        lambda dynamic: dynamic.add_pairs(1, [1], [2**62], [1]),
        lambda dynamic: dynamic.insert_mentor([0], [2**63 - 1], [1], 1),
    )
    for change in changes:
        refused(change, "overflow", compiled, ValueTooLargeError)


def test_the_largest_value_and_the_largest_tie_are_taken(compiled: bool) -> None:
    dynamic = a_listed_assignment(compiled)
    row = dynamic.insert_mentee([0, 1], [2**58, 2**58 - 1], [0, 2**40 - 1])
    assert dynamic.outcome().mentor_of.tolist() == [0, -1, -1, 1], "worth as much the other way, but the tie is less"
    assert dynamic.assignment().value == 2**58 + 8
    dynamic.remove_mentee(row)
    assert dynamic.outcome().mentor_of.tolist() == [0, -1, 1, -1]


def test_a_mentor_may_come_without_places_and_get_them_later(compiled: bool) -> None:
    dynamic = a_listed_assignment(compiled)
    row = dynamic.insert_mentor([1], [5], [1], 0)
    assert dynamic.outcome().mentor_of.tolist() == [0, -1, 1]
    dynamic.set_capacity(row, 1)
    assert dynamic.outcome().mentor_of.tolist() == [0, 2, 1]


def test_changes_of_the_first_and_the_last_person_are_taken(compiled: bool) -> None:
    dynamic = a_listed_assignment(compiled)
    dynamic.add_pairs(2, [0], [50], [1])
    assert dynamic.outcome().mentor_of.tolist() == [1, -1, 0]
    dynamic.remove_mentee(2)
    dynamic.remove_mentee(0)
    assert dynamic.outcome().mentor_of.tolist() == [-1, 0, -1]
    dynamic.set_capacity(0, 0)
    assert dynamic.outcome().mentor_of.tolist() == [-1, -1, -1]
    dynamic.remove_mentor(1)
    dynamic.remove_mentor(0)
    assert dynamic.assignment().value == 0
