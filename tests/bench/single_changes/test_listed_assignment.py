"""People arrive and leave one at a time; the pairs equal those of a batch solve over the same people."""

import numpy as np
import pytest

from bench.single_changes.listed_assignment import ListedAssignment
from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Assignment, TieBreak, assign, certify
from services.matcher.solver.column_generation import solve
from services.matcher.solver.column_generation.list_lengths import ListLengths
from services.matcher.solver.errors import BadArraysError
from tests.matcher.solver.backends import TWINS
from tests.matcher.solver.markets import a_market, edges_of
from tests.matcher.solver.pools import a_pool

pytestmark = pytest.mark.parametrize("compiled", TWINS)


def batch(values: I64, capacity: I64, ties: I64) -> list[int]:
    return [int(j) for j in assign(edges_of(values, ties), capacity).mentor_of]


def test_a_market_that_changes_at_random_stays_equal_to_the_batch(compiled: bool) -> None:
    for seed in range(150):
        market = a_market(seed, most=8)
        rows, columns = market.values.shape
        empty = edges_of(np.zeros_like(market.values[:0]), market.ties[:0])
        dynamic = ListedAssignment(empty, market.capacity, assign(empty, market.capacity), compiled=compiled)
        values, capacity = np.zeros((0, columns), int), market.capacity.copy()
        ties = np.zeros((0, columns), int)
        rng = np.random.default_rng(seed)
        for i in range(rows):
            partners = np.flatnonzero(market.values[i])
            assert dynamic.insert_mentee(partners, market.values[i, partners], market.ties[i, partners]) == i
            values, ties = np.vstack([values, market.values[i]]), np.vstack([ties, market.ties[i]])
            assert dynamic.outcome().mentor_of.tolist() == batch(values, capacity, ties), (seed, i)
            if rng.random() < 0.4:
                removed = int(rng.integers(0, i + 1))
                dynamic.remove_mentee(removed)
                values[removed] = 0
                assert dynamic.outcome().mentor_of.tolist() == batch(values, capacity, ties), (seed, i, removed)
            if columns and rng.random() < 0.5:
                j = int(rng.integers(0, columns))
                capacity[j] = rng.integers(0, 4)
                dynamic.set_capacity(j, int(capacity[j]))
                assert dynamic.outcome().mentor_of.tolist() == batch(values, capacity, ties), (seed, i, j)


def test_mentors_arrive_and_leave_as_in_a_batch(compiled: bool) -> None:
    for seed in range(150):
        market = a_market(seed, most=8)
        rows, columns = market.values.shape
        empty = edges_of(np.zeros((rows, 0), int), np.zeros((rows, 0), int))
        dynamic = ListedAssignment(empty, [], assign(empty, []), compiled=compiled)
        values = np.zeros_like(market.values)
        for j in range(columns):
            partners = np.flatnonzero(market.values[:, j])
            added = dynamic.insert_mentor(
                partners, market.values[partners, j], market.ties[partners, j], int(market.capacity[j])
            )
            values[:, j] = market.values[:, j]
            assert added == j
            expected = batch(values[:, : j + 1], market.capacity[: j + 1], market.ties[:, : j + 1])
            assert dynamic.outcome().mentor_of.tolist() == expected, (seed, j)
        for j in np.random.default_rng(seed).permutation(columns)[:3]:
            dynamic.remove_mentor(int(j))
            values[:, j] = 0
            now = dynamic.outcome()
            assert now.mentor_of.tolist() == batch(values, market.capacity, market.ties), (seed, j)
            assert (now.mentor_price[j], now.mentor_tie_price[j]) == (0, 0), "a removed mentor has price zero"


def test_pairs_learnt_later_count_as_if_known_from_the_start(compiled: bool) -> None:
    for seed in range(150):
        market = a_market(seed, most=8)
        known = market.values * (np.random.default_rng(seed).random(market.values.shape) < 0.5)
        edges = edges_of(known, market.ties)
        dynamic = ListedAssignment(edges, market.capacity, assign(edges, market.capacity), compiled=compiled)
        for i in range(len(known)):
            more = np.flatnonzero(market.values[i])
            dynamic.add_pairs(i, more, market.values[i, more], market.ties[i, more])
        assert dynamic.outcome().mentor_of.tolist() == batch(market.values, market.capacity, market.ties), seed


def test_prices_prove_the_present_assignment(compiled: bool) -> None:
    for seed in range(60):
        market = a_market(seed)
        dynamic = ListedAssignment(
            market.edges, market.capacity, assign(market.edges, market.capacity), compiled=compiled
        )
        if len(market.values):
            dynamic.remove_mentee(0)
        left = market.values.copy()
        left[:1] = 0
        answer = dynamic.assignment()
        proof = certify(edges_of(left, market.ties), market.capacity, answer)
        assert proof.proves_optimal, seed
        assert proof.primal == answer.value, seed


def test_mentees_whose_price_fell_are_named_once(compiled: bool) -> None:
    edges = edges_of(np.array([[5]]), np.array([[1]]))
    dynamic = ListedAssignment(edges, [1], assign(edges, [1]), compiled=compiled)
    assert dynamic.take_lowered() == []
    dynamic.insert_mentee([0], [9], [1])
    assert dynamic.take_lowered() == [0, 1]
    assert dynamic.take_lowered() == []


@pytest.mark.parametrize(
    ("mentors", "values", "ties"), [([0, 0], [1, 1], [1, 1]), ([5], [1], [1]), ([0], [1], [-1]), ([0], [1, 2], [1])]
)
def test_a_newcomer_with_impossible_edges_changes_nothing(
    mentors: list[int], values: list[int], ties: list[int], compiled: bool
) -> None:
    edges = edges_of(np.array([[5]]), TieBreak.by_row(1, 1).of([[0]], [[0]]))
    dynamic = ListedAssignment(edges, [1], assign(edges, [1]), compiled=compiled)
    with pytest.raises(BadArraysError):
        dynamic.insert_mentee(mentors, values, ties)
    assert dynamic.outcome().mentor_of.tolist() == [0]


def test_a_start_that_is_only_about_right_is_made_exact_at_once(compiled: bool) -> None:
    for seed in range(60):
        market = a_market(seed, most=8)
        rng = np.random.default_rng(seed)
        nobody, nothing = np.full(len(market.values), -1), np.zeros(len(market.values), int)
        guessed: I64 = rng.integers(0, 4, len(market.capacity))
        rough = Assignment(nobody, nothing, guessed, nothing, np.zeros(len(guessed), int), 0)
        dynamic = ListedAssignment(market.edges, market.capacity, rough, compiled=compiled)
        assert dynamic.take_lowered() == [], "no price has fallen since the start"
        answer = dynamic.assignment()
        assert answer.mentor_of.tolist() == batch(market.values, market.capacity, market.ties), seed
        assert certify(market.edges, market.capacity, answer).proves_optimal, seed


@pytest.mark.parametrize("worth", [0, -1, -(2**62)])
def test_a_pair_worth_nothing_is_not_made_however_good_its_tie(worth: int, compiled: bool) -> None:
    empty = edges_of(np.zeros((1, 1), int), np.zeros((1, 1), int))
    dynamic = ListedAssignment(empty, [3], assign(empty, [3]), compiled=compiled)
    dynamic.insert_mentee([0], [worth], [2**40 - 1])
    dynamic.add_pairs(0, [0], [worth], [2**40 - 1])
    dynamic.insert_mentor([0, 1], [worth, worth], [5, 6], 2)
    assert dynamic.outcome().mentor_of.tolist() == [-1, -1]
    dynamic.add_pairs(1, [0], [1], [0])
    assert dynamic.outcome().mentor_of.tolist() == [-1, 0]


@pytest.mark.parametrize(
    ("mentees", "values", "price"),
    [
        ([0, 1], [12, 2], (3, 5 - 1)),  # the first would gain nine as it is
        ([0, 1], [12, 4], (4, 7)),  # the second has nobody
        ([0], [9], (0, 5 - 1)),
        ([0], [8], (0, 0)),
        ([], [], (0, 0)),
    ],
)
def test_a_mentor_who_comes_without_places_costs_what_a_first_place_would_bring(
    mentees: list[int], values: list[int], price: tuple[int, int], compiled: bool
) -> None:
    edges = edges_of(np.array([[9], [0]]), np.array([[1], [0]]))
    dynamic = ListedAssignment(edges, [2], assign(edges, [2]), compiled=compiled)
    row = dynamic.insert_mentor(mentees, values, [5, 7][: len(mentees)], 0)
    now = dynamic.outcome()
    assert now.mentor_of.tolist() == [0, -1]
    assert (now.mentor_price[row], now.mentor_tie_price[row]) == price


def test_a_solution_can_start_a_listed_assignment(compiled: bool) -> None:
    pool = a_pool(3, mentees=120, mentors=50, places=0.8)
    answer = solve(*(pool.rules, pool.scores, pool.capacity), tie_break=pool.keys, lengths=ListLengths(4, 4, 120, 50))
    dynamic = ListedAssignment(answer.core, pool.capacity, answer.assignment, compiled=compiled)
    assert dynamic.outcome().mentor_of.tolist() == answer.assignment.mentor_of.tolist()
    leaver = int(np.flatnonzero(answer.assignment.mentor_of >= 0)[0])
    own_edges = slice(answer.core.indptr[leaver], answer.core.indptr[leaver + 1])
    assert answer.core.tie is not None
    edges = answer.core.mentor[own_edges], answer.core.value[own_edges], answer.core.tie[own_edges]
    dynamic.remove_mentee(leaver)
    back = dynamic.insert_mentee(*edges)
    again = dynamic.outcome().mentor_of
    assert again[back] == answer.assignment.mentor_of[leaver]
    assert again[:back].tolist() == [-1 if i == leaver else j for i, j in enumerate(answer.assignment.mentor_of)]
