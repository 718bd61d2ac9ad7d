"""Problems whose sums could overflow are refused, exactly from the limit on."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from services.matcher.solver.assignment import Edges, assign
from services.matcher.solver.assignment.bipartite_graph import LARGEST_SIDE, checked_edges
from services.matcher.solver.errors import BadArraysError, ValueTooLargeError

LARGEST = 2**58


def one_each(values: Sequence[int]) -> Edges:
    """As many mentees as values, each with one edge to a mentor of their own."""
    size = len(values)
    return Edges(np.arange(size + 1), np.arange(size), np.array(values, np.int64))


@pytest.mark.parametrize("compiled", [None, False])
def test_the_largest_value_is_taken_and_stays_exact(compiled: bool | None) -> None:
    assert assign(one_each([LARGEST]), [1], compiled=compiled).value == LARGEST
    with pytest.raises(ValueTooLargeError, match="overflow"):
        assign(one_each([LARGEST + 1]), [1], compiled=compiled)


def test_the_largest_total_is_taken_and_the_next_refused() -> None:
    assert assign(one_each([LARGEST] * 16), np.ones(16, int)).value == 2**62
    with pytest.raises(ValueTooLargeError, match="17 mentees could overflow"):
        assign(one_each([LARGEST] * 17), np.ones(17, int))


def test_more_people_than_ties_can_sum_over_are_refused() -> None:
    crowd = Edges(np.zeros(LARGEST_SIDE + 2, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    with pytest.raises(ValueTooLargeError, match="more than 4194304 people"):
        assign(crowd, [1])
    assert checked_edges(replace(crowd, indptr=crowd.indptr[:-1]), 1).mentees == LARGEST_SIDE
    nobody = Edges(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    with pytest.raises(ValueTooLargeError, match="more than 4194304 people"):
        assign(nobody, np.ones(LARGEST_SIDE + 1, np.int64))


def test_a_pair_named_twice_is_found_in_whatever_order() -> None:
    for mentors in ([1, 0, 1], [1, 1, 0], [0, 1, 1]):
        with pytest.raises(BadArraysError, match="twice"):
            assign(Edges(np.array([0, 3]), np.array(mentors), np.ones(3, int)), [1, 1])
    backwards = Edges(np.array([0, 2, 4]), np.array([1, 0, 1, 0]), np.array([5, 1, 5, 1]))
    assert assign(backwards, [1, 1]).value == 6


def test_without_ties_given_the_certificate_still_holds_both_words() -> None:
    answer = assign(one_each([3, 2]), [1, 1])
    assert (answer.mentee_tie_price + answer.mentor_tie_price > 0).all()
