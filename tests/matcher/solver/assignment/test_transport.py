"""The assignment is optimal, and does not depend on the twin or on the order of people."""

import numpy as np
import pytest

from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Assignment, Edges, TieBreak, assign, certify
from tests.matcher.solver.backends import TWINS, compiled_only
from tests.matcher.solver.markets import Market, a_market, best_value, brute_force, edges_of


def assigned(market: Market, compiled: bool) -> Assignment:
    return assign(market.edges, market.capacity, compiled=compiled)


def seeds(each: int, compiled: bool) -> range:
    """Return different seeds for each twin; another test compares the twins."""
    return range(each, 2 * each) if compiled else range(each)


def within_rules(market: Market, mentor_of: I64) -> bool:
    matched = np.flatnonzero(mentor_of >= 0)
    used = np.bincount(mentor_of[matched], minlength=len(market.capacity))
    return bool((market.values[matched, mentor_of[matched]] > 0).all() and (used <= market.capacity).all())


@pytest.mark.parametrize("compiled", TWINS)
def test_the_pairs_are_those_found_by_trying_every_assignment(compiled: bool) -> None:
    for seed in seeds(400, compiled):
        market = a_market(seed, most=5)
        assert assigned(market, compiled).mentor_of.tolist() == brute_force(market).tolist(), seed


@pytest.mark.parametrize("compiled", TWINS)
def test_six_by_six_with_places_agrees_with_trying_everything(compiled: bool) -> None:
    for seed in seeds(25, compiled):
        rng = np.random.default_rng(seed)
        keys = TieBreak(rng.integers(0, 2**63, 6, np.uint64), rng.integers(0, 2**63, 6, np.uint64))
        largest, most = int(rng.choice([1, 2, 5, 1000])), int(rng.choice([1, 2, 3]))
        values = rng.integers(0, largest + 1, (6, 6)) * (rng.random((6, 6)) < rng.choice([0.4, 0.7, 1.0]))
        market = Market(values, rng.integers(0, most + 1, 6), keys)
        assert assigned(market, compiled).mentor_of.tolist() == brute_force(market).tolist(), seed


@pytest.mark.parametrize("compiled", TWINS)
def test_thousands_of_tied_markets_have_scipys_value_and_prove_it(compiled: bool) -> None:
    for seed in seeds(1500, compiled):
        market = a_market(seed)
        answer = assigned(market, compiled)
        proof = certify(market.edges, market.capacity, answer)
        assert proof.proves_optimal, (seed, proof)
        assert answer.value == proof.primal == best_value(market.values, market.capacity), seed
        assert within_rules(market, answer.mentor_of), seed


@compiled_only
def test_the_twins_pair_the_same_people() -> None:
    for seed in range(3000, 4000):
        market = a_market(seed, most=20)
        assert assigned(market, True).mentor_of.tolist() == assigned(market, False).mentor_of.tolist(), seed


@pytest.mark.parametrize("compiled", TWINS)
def test_the_order_of_rows_does_not_matter(compiled: bool) -> None:
    for seed in range(300):
        market = a_market(seed)
        rng = np.random.default_rng(seed)
        rows, columns = (rng.permutation(size) for size in market.values.shape)
        straight = assigned(market, compiled).mentor_of
        shuffled = assigned(market.permuted(rows, columns), compiled).mentor_of
        back = [columns[j] if j >= 0 else -1 for j in shuffled]
        assert straight[rows].tolist() == back, seed


@pytest.mark.parametrize("compiled", TWINS)
def test_mentors_and_mentees_could_change_sides(compiled: bool) -> None:
    for seed in range(300):
        market = a_market(seed)
        single = np.minimum(market.capacity, 1)
        there = assign(market.edges, single, compiled=compiled)
        open_values = market.values * single[None, :]
        back = assign(edges_of(open_values.T, market.ties.T), np.ones(len(open_values), int), compiled=compiled)
        assert there.value == back.value, seed
        pairs = {(i, int(j)) for i, j in enumerate(there.mentor_of) if j >= 0}
        assert pairs == {(int(i), j) for j, i in enumerate(back.mentor_of) if i >= 0}, seed


@pytest.mark.parametrize("compiled", TWINS)
def test_a_place_is_priced_at_what_one_more_would_bring_or_one_less_would_cost(compiled: bool) -> None:
    for seed in range(120):
        market = a_market(seed, most=6)
        answer = assigned(market, compiled)
        for j in np.flatnonzero(market.capacity > 0):
            one = (np.arange(len(market.capacity)) == j).astype(int)
            gain = best_value(market.values, market.capacity + one) - answer.value
            loss = answer.value - best_value(market.values, market.capacity - one)
            assert gain <= answer.mentor_price[j] <= loss, (seed, j)


@pytest.mark.parametrize("compiled", TWINS)
def test_coverage_first_matches_as_many_people_as_possible(compiled: bool) -> None:
    for seed in range(200):
        market = a_market(seed, largest=10)
        eligible = market.values > 0
        covered = edges_of(np.where(eligible, market.values + 10_000, 0), market.ties)
        matched = int((assign(covered, market.capacity, compiled=compiled).mentor_of >= 0).sum())
        assert matched == best_value(eligible.astype(int), market.capacity), seed


@pytest.mark.parametrize("compiled", TWINS)
def test_empty_sides_match_no_pairs(compiled: bool) -> None:
    for rows, columns in ((0, 0), (0, 3), (3, 0)):
        empty = Edges(np.zeros(rows + 1, int), np.zeros(0, int), np.zeros(0, int))
        answer = assign(empty, np.ones(columns, int), compiled=compiled)
        assert answer.mentor_of.tolist() == [-1] * rows
        assert answer.value == 0


@pytest.mark.parametrize("compiled", TWINS)
def test_a_worthless_pair_is_never_used(compiled: bool) -> None:
    edges = Edges(np.array([0, 2]), np.array([0, 1]), np.array([0, -5]))
    assert assign(edges, [1, 1], compiled=compiled).mentor_of.tolist() == [-1]


@pytest.mark.parametrize("compiled", TWINS)
def test_very_large_values_stay_exact(compiled: bool) -> None:
    high = 2**57
    edges = Edges(np.array([0, 2, 4]), np.array([0, 1, 0, 1]), np.array([high, high - 1, high - 1, high - 3]))
    answer = assign(edges, [1, 1], compiled=compiled)
    assert answer.mentor_of.tolist() == [1, 0]
    assert answer.value == 2 * high - 2


@pytest.mark.parametrize("compiled", TWINS)
def test_without_ties_given_row_numbers_decide_and_both_twins_agree(compiled: bool) -> None:
    edges = Edges(np.array([0, 3, 6]), np.array([0, 1, 2, 0, 1, 2]), np.ones(6, int))
    keys = TieBreak.by_row(2, 3)
    expected = assign(
        Edges(edges.indptr, edges.mentor, edges.value, keys.of([0, 0, 0, 1, 1, 1], edges.mentor)), [1, 1, 1]
    )
    assert assign(edges, [1, 1, 1], compiled=compiled).mentor_of.tolist() == expected.mentor_of.tolist()
