"""Solve from rules and scores: only eligible pairs, optimal, proved, and independent of lists and twins."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Assignment, assign, certify
from services.matcher.solver.column_generation import Solution, solve
from services.matcher.solver.column_generation.list_lengths import ListLengths
from services.matcher.solver.eligibility import BitRules
from services.matcher.solver.scoring import ScoreModel
from tests.matcher.solver.backends import TWINS, compiled_only
from tests.matcher.solver.markets import edges_of
from tests.matcher.solver.pools import Pool, a_pool, eligible, scored

REGIMES = {"scarce": 0.6, "balanced": 1.0, "surplus": 2.2}


def solved(pool: Pool, compiled: bool | None = None, lengths: ListLengths | None = None) -> Solution:
    return solve(pool.rules, pool.scores, pool.capacity, tie_break=pool.keys, compiled=compiled, lengths=lengths)


def values(pool: Pool) -> I64:
    value, scores = scored(pool.scores), pool.scores
    fine = eligible(pool.rules)
    if scores.least is not None:
        fine &= value - scores.mentee_bonus[:, None] >= scores.least
    return np.where(fine, np.maximum(value, 0), 0)


def directly(pool: Pool) -> Assignment:
    """Assign over every eligible pair at once, without lists, rounds or core."""
    rows, columns = eligible(pool.rules).shape
    ties = pool.keys.of(np.arange(rows)[:, None], np.arange(columns)[None, :])
    return assign(edges_of(values(pool), ties), pool.capacity)


@pytest.mark.parametrize("compiled", TWINS)
@pytest.mark.parametrize("bonus", [0, 100_000, 10**12])
@pytest.mark.parametrize("regime", REGIMES)
def test_the_pairs_are_the_best_over_all_eligible_pairs(regime: str, bonus: int, compiled: bool) -> None:
    for seed in range(6):
        pool = a_pool(seed, places=REGIMES[regime], bonus=bonus)
        answer, expected = solved(pool, compiled), directly(pool)
        assert answer.assignment.mentor_of.tolist() == expected.mentor_of.tolist(), seed
        assert answer.certificate.proves_optimal
        assert answer.assignment.value == answer.certificate.primal == expected.value


@pytest.mark.parametrize("compiled", TWINS)
def test_the_prices_cover_every_eligible_pair_and_not_only_the_core(compiled: bool) -> None:
    for seed in range(6):
        pool = a_pool(seed, mentees=120, mentors=50, places=0.8)
        answer = solved(pool, compiled, ListLengths(3, 4, 120, 50))
        ties = pool.keys.of(np.arange(120)[:, None], np.arange(50)[None, :])
        everything = edges_of(values(pool) * (pool.capacity > 0), ties)
        assert certify(everything, pool.capacity, answer.assignment).proves_optimal, seed
        assert answer.stats.core_edges < answer.stats.eligible_pairs


@pytest.mark.parametrize("compiled", TWINS)
def test_short_lists_cost_rounds_but_never_pairs(compiled: bool) -> None:
    rounds = 0
    for seed in range(24):
        pool = a_pool(seed, mentees=90, mentors=40, steps=(1, 1, 2, 40)[seed % 4], places=0.9)
        short = solved(pool, compiled, ListLengths(1 + seed % 3, 4 * (seed % 2), 90, 40))
        assert short.assignment.mentor_of.tolist() == directly(pool).mentor_of.tolist(), seed
        rounds += short.stats.rounds
    assert rounds > 0


@pytest.mark.parametrize("compiled", TWINS)
def test_scores_too_wide_for_narrow_cells_are_just_as_exact(compiled: bool) -> None:
    for seed in range(4):
        pool = a_pool(seed, weight=20_000, steps=50)
        assert solved(pool, compiled).assignment.mentor_of.tolist() == directly(pool).mentor_of.tolist(), seed


@pytest.mark.parametrize("compiled", TWINS)
def test_bonuses_of_any_spread_are_exact(compiled: bool) -> None:
    for seed in range(4):
        pool = a_pool(seed)
        spread = np.random.default_rng(seed).integers(0, 2**40, len(pool.scores.mentee_bonus))
        scores = ScoreModel(**{**vars(pool.scores), "mentee_bonus": spread})
        wide = Pool(pool.rules, scores, pool.capacity, pool.keys)
        assert solved(wide, compiled).assignment.mentor_of.tolist() == directly(wide).mentor_of.tolist(), seed


@pytest.mark.parametrize("compiled", TWINS)
@pytest.mark.parametrize("regime", REGIMES)
def test_priorities_that_outweigh_all_fit_are_exact_whatever_the_lists(regime: str, compiled: bool) -> None:
    rounds = 0
    for seed in range(8):
        pool = a_pool(seed, mentees=90, mentors=40, places=REGIMES[regime], steps=(3, 40)[seed % 2])
        priority = np.random.default_rng(seed).integers(1, (3, 40, 190)[seed % 3], len(pool.scores.mentee_bonus))
        scores = ScoreModel(**{**vars(pool.scores), "mentee_bonus": priority * 1_000_000})
        ranked = Pool(pool.rules, scores, pool.capacity, pool.keys)
        answer = solved(ranked, compiled, ListLengths(1 + seed % 4, 3, 90, 40))
        assert answer.assignment.mentor_of.tolist() == directly(ranked).mentor_of.tolist(), seed
        assert answer.certificate.proves_optimal
        rounds += answer.stats.rounds
    assert rounds > 0


@pytest.mark.parametrize("compiled", TWINS)
@pytest.mark.parametrize("bonus", [0, 10**12])
@pytest.mark.parametrize("weight", [50, 20_000])
def test_pairs_that_fit_less_than_the_least_are_never_made(weight: int, bonus: int, compiled: bool) -> None:
    fewer = 0
    for seed in range(12):
        pool = a_pool(seed, mentees=90, mentors=40, places=(0.6, 1.0, 2.2)[seed % 3], bonus=bonus, weight=weight)
        fit = scored(pool.scores) - pool.scores.mentee_bonus[:, None]
        least = int(np.quantile(fit, (0.3, 0.6, 0.9, 1.0)[seed % 4])) + seed // 11  # at last more than any pair has
        strict = Pool(pool.rules, replace(pool.scores, least=least), pool.capacity, pool.keys)
        for lengths in (None, ListLengths(1 + seed % 3, 2, 90, 40), ListLengths(0, 2, 90, 40, by_price=2 + seed % 3)):
            answer, expected = solved(strict, compiled, lengths), directly(strict)
            assert answer.assignment.mentor_of.tolist() == expected.mentor_of.tolist(), seed
            assert answer.certificate.proves_optimal, seed
            assert answer.eligible_count.tolist() == eligible(pool.rules).sum(axis=1).tolist(), seed
        fewer += int((directly(pool).mentor_of >= 0).sum() - (expected.mentor_of >= 0).sum())
    assert fewer > 0


@compiled_only
def test_lists_of_mentees_leave_out_only_what_is_worth_less_than_their_cut() -> None:
    for seed in range(6):
        pool = a_pool(seed, mentees=60, mentors=300, places=6.0, steps=(3, 60)[seed % 2], bonus=10_000)
        plain, compiled = (
            solved(pool, False, ListLengths(0, 7, 60, 300)),
            solved(pool, True, ListLengths(0, 7, 60, 300)),
        )
        assert sorted_rows(compiled).tolist() == sorted_rows(plain).tolist(), seed


def sorted_rows(answer: Solution) -> I64:
    """The mentors of each mentee's edges, ascending."""
    indptr = answer.core.indptr
    return np.concatenate([np.sort(answer.core.mentor[a:b]) for a, b in pairwise(indptr)])


@compiled_only
def test_the_twins_give_the_same_pairs_alternates_and_counts() -> None:
    for seed in range(24):
        pool = a_pool(seed, mentees=150, mentors=60, places=(0.6, 1.0, 2.0)[seed % 3])
        words = replace(pool.rules, any_words=np.array([(2,), (1, 1)][seed % 2]))
        least = (None, None, 0, 60, 140)[seed % 5]
        pool = Pool(words, replace(pool.scores, least=least), pool.capacity, pool.keys)
        plain, compiled = solved(pool, False), solved(pool, True)
        assert plain.assignment.mentor_of.tolist() == compiled.assignment.mentor_of.tolist(), seed
        assert plain.alternates.tolist() == compiled.alternates.tolist(), seed
        assert plain.eligible_count.tolist() == compiled.eligible_count.tolist(), seed


@pytest.mark.parametrize("compiled", TWINS)
def test_the_order_people_are_listed_in_does_not_matter(compiled: bool) -> None:
    for seed in range(8):
        pool = a_pool(seed)
        rng = np.random.default_rng(seed)
        rows, columns = rng.permutation(40), rng.permutation(25)
        straight = solved(pool, compiled)
        shuffled = solved(pool.permuted(rows, columns), compiled)
        back = [columns[j] if j >= 0 else -1 for j in shuffled.assignment.mentor_of]
        assert straight.assignment.mentor_of[rows].tolist() == back, seed
        alternates = np.where(shuffled.alternates >= 0, columns[shuffled.alternates], -1)
        assert straight.alternates[rows].tolist() == alternates.tolist(), seed


@pytest.mark.parametrize("compiled", TWINS)
def test_eligible_mentors_are_counted_whatever_their_score_or_places(compiled: bool) -> None:
    for seed in range(5):
        pool = a_pool(seed, places=0.3)
        assert solved(pool, compiled).eligible_count.tolist() == eligible(pool.rules).sum(axis=1).tolist()


@pytest.mark.parametrize("compiled", TWINS)
def test_alternates_are_the_best_others_with_a_place(compiled: bool) -> None:
    for seed in range(5):
        pool = a_pool(seed, steps=30)
        answer = solved(pool, compiled)
        worth = values(pool) * (pool.capacity > 0)
        ties = pool.keys.of(np.arange(40)[:, None], np.arange(25)[None, :])
        for i in range(40):
            ranked = sorted((j for j in range(25) if worth[i, j] > 0), key=lambda j: (worth[i, j], ties[i, j]))[::-1]
            mine = answer.assignment.mentor_of[i]
            others = [j for j in ranked if j != mine][:3] if mine >= 0 else []
            assert answer.alternates[i].tolist() == others + [-1] * (3 - len(others)), (seed, i)


@pytest.mark.parametrize("compiled", TWINS)
def test_a_round_without_people_or_rules_is_empty_or_free(compiled: bool) -> None:
    for mentees, mentors in ((0, 0), (0, 3), (3, 0), (3, 2)):
        nothing = [np.zeros((0, size), np.uint64) for size in (mentees, mentors)]
        rules = BitRules(nothing[0], nothing[1], nothing[0], nothing[1], np.zeros((0, 2), np.int64))
        scores = ScoreModel(
            (),
            np.zeros((0, mentees), np.int32),
            np.zeros((0, mentors), np.int32),
            (),
            np.ones(mentees, int),
            np.zeros(mentors, int),
        )
        answer = solve(rules, scores, np.ones(mentors, int), compiled=compiled)
        assert (answer.assignment.mentor_of >= 0).sum() == min(mentees, mentors)
        assert answer.eligible_count.tolist() == [mentors] * mentees
        assert answer.alternates.shape == (mentees, 3)
