"""A wrong proof is never accepted."""

from dataclasses import replace

import numpy as np
import pytest

from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Assignment, Edges, assign, certify
from services.matcher.solver.errors import BadArraysError, ValueTooLargeError
from tests.matcher.solver.backends import TWINS
from tests.matcher.solver.markets import Market, a_market


def a_proved_market() -> tuple[Market, Assignment]:
    """A market with a matched and an unmatched mentee, a priced mentor, and its optimum."""
    market = next(
        market
        for market in map(a_market, range(1000))
        if (answer := assign(market.edges, market.capacity)).mentor_price.max(initial=0) > 1
        and (answer.mentor_of < 0).any()
        and (answer.mentor_of >= 0).sum() > 3
    )
    return market, assign(market.edges, market.capacity)


def bumped(prices: I64, at: int, by: int) -> I64:
    changed = prices.copy()
    changed[at] += by
    return changed


def refused(answer: Assignment) -> bool:
    market, _ = a_proved_market()
    found = {certify(market.edges, market.capacity, answer, compiled=twin).proves_optimal for twin in (None, False)}
    assert len(found) == 1
    return not found.pop()


def test_the_true_answer_is_accepted() -> None:
    _, answer = a_proved_market()
    assert not refused(answer)


def test_every_lowered_or_raised_price_is_refused() -> None:
    market, answer = a_proved_market()
    for i in range(len(answer.mentee_price)):
        for by in (-1, 1):
            assert refused(replace(answer, mentee_price=bumped(answer.mentee_price, i, by))), (i, by)
    for j in np.flatnonzero(market.capacity > 0).tolist():
        for by in (-1, 1):
            assert refused(replace(answer, mentor_price=bumped(answer.mentor_price, j, by))), (j, by)


def test_a_lowered_tie_price_of_a_matched_mentee_is_refused() -> None:
    _, answer = a_proved_market()
    matched = int(np.flatnonzero(answer.mentor_of >= 0)[0])
    assert refused(replace(answer, mentee_tie_price=bumped(answer.mentee_tie_price, matched, -1)))


def test_a_dropped_pair_is_refused() -> None:
    _, answer = a_proved_market()
    for i in np.flatnonzero(answer.mentor_of >= 0):
        pairs = answer.mentor_of.copy()
        pairs[i] = -1
        assert refused(replace(answer, mentor_of=pairs)), i


def test_any_other_pair_is_refused_or_is_worth_the_same() -> None:
    market, answer = a_proved_market()
    for i, j in np.ndindex(market.values.shape):
        if j == answer.mentor_of[i]:
            continue
        pairs = answer.mentor_of.copy()
        pairs[i] = j
        proof = certify(market.edges, market.capacity, replace(answer, mentor_of=pairs))
        assert not proof.proves_optimal or proof.primal == answer.value


def test_an_unknown_mentor_is_a_violation() -> None:
    market, answer = a_proved_market()
    for nobody in (-2, len(market.capacity), 10**9):
        pairs = answer.mentor_of.copy()
        pairs[0] = nobody
        assert certify(market.edges, market.capacity, replace(answer, mentor_of=pairs)).violations > 0


def test_an_overdrawn_mentor_is_a_violation() -> None:
    market, answer = a_proved_market()
    fewer = market.capacity.copy()
    fewer[answer.mentor_of.max()] = 0
    assert certify(market.edges, fewer, answer).violations > 0


def test_an_answer_of_the_wrong_length_is_refused_with_a_sentence() -> None:
    market, answer = a_proved_market()
    with pytest.raises(BadArraysError, match="mentor_of"):
        certify(market.edges, market.capacity, replace(answer, mentor_of=answer.mentor_of[:-1]))


def violations(edges: Edges, capacity: list[int], answer: Assignment, compiled: bool) -> int:
    found = certify(edges, capacity, answer, compiled=compiled).violations
    assert found == certify(edges, capacity, answer, trusted=True, compiled=compiled).violations
    return found


def an_assignment(
    mentor_of: list[int], mentee: list[int], mentor: list[int], ties: tuple[list[int], list[int]]
) -> Assignment:
    prices = [np.array(one, np.int64) for one in (mentee, mentor, *ties)]
    return Assignment(np.array(mentor_of), prices[0], prices[1], prices[2], prices[3], 0)


ONE_PAIR = Edges(np.array([0, 1]), np.array([0]), np.array([5]), np.array([9]))


@pytest.mark.parametrize("compiled", TWINS)
def test_every_condition_is_checked_to_the_last_unit(compiled: bool) -> None:
    def broken(mentee: int, mentor: int, mentee_tie: int, mentor_tie: int) -> int:
        return violations(ONE_PAIR, [1], an_assignment([0], [mentee], [mentor], ([mentee_tie], [mentor_tie])), compiled)

    assert broken(3, 2, 4, 5) == 0
    assert broken(3, 3, 0, 0) == 0, "more than the value: the second word does not matter"
    assert broken(3, 1, 9, 9) == 1, "one less than the value"
    assert broken(3, 2, 4, 4) == 1, "the value, but one less than the tie"
    assert broken(6, -1, 9, 9) == 1, "a price of minus one"
    assert broken(5, 0, 10, -1) == 1, "a price of zero with a tie of minus one"
    assert broken(4, 1, 10, -1) == 0, "a tie below zero is fine where the price is not zero"


@pytest.mark.parametrize("compiled", TWINS)
def test_an_edge_worth_nothing_needs_no_price(compiled: bool) -> None:
    edges = Edges(np.array([0, 2]), np.array([0, 1]), np.array([0, -1]), np.array([9, 9]))
    assert violations(edges, [1, 1], an_assignment([-1], [0], [0, 0], ([0], [0, 0])), compiled) == 0


@pytest.mark.parametrize("compiled", TWINS)
def test_each_person_beyond_the_places_is_a_violation_of_any_mentor(compiled: bool) -> None:
    edges = Edges(np.array([0, 2, 4, 6]), np.array([0, 1] * 3), np.full(6, 5), np.zeros(6, np.int64))
    for mentor in (0, 1):
        answer = an_assignment([mentor] * 3, [5] * 3, [0, 0], ([0] * 3, [0, 0]))
        assert [violations(edges, [places] * 2, answer, compiled) for places in (1, 2, 3)] == [2, 1, 0]


@pytest.mark.parametrize("compiled", TWINS)
def test_worth_and_bound_are_summed_over_pairs_and_places(compiled: bool) -> None:
    edges = Edges(np.array([0, 2, 3]), np.array([0, 1, 1]), np.array([2**58, 7, 4]), np.zeros(3, np.int64))
    proof = certify(edges, [3, 2], an_assignment([0, 1], [2**58, 1], [0, 6], ([0, 0], [0, 0])), compiled=compiled)
    assert (proof.primal, proof.dual, proof.violations) == (2**58 + 4, 2**58 + 1 + 12, 0)


@pytest.mark.parametrize("compiled", TWINS)
def test_edges_without_ties_are_judged_by_value_alone(compiled: bool) -> None:
    bare = replace(ONE_PAIR, tie=None)
    answer = an_assignment([0], [5], [0], ([0], [0]))
    assert certify(bare, [1], answer, trusted=True, compiled=compiled).proves_optimal


def test_prices_whose_sums_could_overflow_are_refused() -> None:
    for price in (2**60 + 1, -(2**60) - 1):
        with pytest.raises(ValueTooLargeError, match="mentee_price"):
            certify(ONE_PAIR, [1], an_assignment([0], [price], [0], ([0], [0])))
    assert certify(ONE_PAIR, [1], an_assignment([0], [2**60], [0], ([0], [0]))).violations == 0
