"""A proof that is wrong is not accepted, whatever the error."""

from dataclasses import replace

import numpy as np
import pytest

from services.matcher.domain.arrays import I64
from services.matcher.domain.assignment import Assignment, assign, certify
from services.matcher.domain.errors import BadArraysError
from tests.matcher.domain.kernel.markets import Market, a_market


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
    return not certify(market.edges, market.capacity, answer).proves_optimal


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


def test_a_mentor_who_is_not_there_is_a_violation() -> None:
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
