"""The rules of a pair, for arrays of pairs: compared with a plain loop over the rules as they are documented."""

from collections import Counter

import numpy as np
import pytest

from services.events.vocabulary import codes
from services.matcher.domain.candidates import Pair
from services.matcher.domain.explain import explain
from services.matcher.domain.formulation.weighted_pool import weigh_pairs, weigh_pool
from services.matcher.domain.hard_rules.capacity import capacity_of
from services.matcher.domain.hard_rules.check_pairs import check_pairs, may_meet
from services.matcher.domain.hard_rules.rule_book import QUALITY_FLOOR
from services.matcher.domain.weights import default_weights
from tests.matcher.domain.hard_rules.plain_rules import a_strict_pool, broken_rules
from tests.support.people import NOW, a_mentee, a_mentor

SEEDS = range(30)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_pair_breaks_the_documented_rules(seed: int) -> None:
    pool, blocks = a_strict_pool(seed)
    rules = weigh_pool(pool, blocks).rules
    rows, columns = np.arange(len(pool.mentees))[:, np.newaxis], np.arange(len(pool.mentors))
    broken = check_pairs(rules, rows, columns)
    meet, without_floor = may_meet(rules, rows, columns), may_meet(rules.without_floor(), rows, columns)
    for i, mentee in enumerate(pool.mentees):
        for j, mentor in enumerate(pool.mentors):
            expected = broken_rules(mentee, mentor, pool.weights, blocks)
            assert {name for name, flags in broken.items() if flags[i, j]} == expected
            assert meet[i, j] == (not expected)
            assert without_floor[i, j] == (not expected - {QUALITY_FLOOR})


@pytest.mark.parametrize("seed", SEEDS)
def test_a_list_of_pairs_gets_the_answers_of_the_whole_table(seed: int) -> None:
    pool, blocks = a_strict_pool(seed)
    rules = weigh_pool(pool, blocks).rules
    every = np.arange(len(pool.mentees))[:, np.newaxis], np.arange(len(pool.mentors))
    rows, columns = (side.ravel() for side in np.broadcast_arrays(*every))
    order = np.random.default_rng(seed).permutation(len(rows))[:40]
    picked = rows[order], columns[order]
    assert may_meet(rules, *picked).tolist() == may_meet(rules, *every)[picked].tolist()
    whole, listed = check_pairs(rules, *every), check_pairs(rules, *picked)
    assert {name: flags.tolist() for name, flags in listed.items()} == {
        name: flags[picked].tolist() for name, flags in whole.items() if flags[picked].any()
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_the_solver_and_a_single_pair_get_the_same_rules(seed: int) -> None:
    pool, blocks = a_strict_pool(seed)
    weighted_pool = weigh_pool(pool, blocks)
    seats, rules = weighted_pool.seats, weighted_pool.solver_rules
    shut = set(map(tuple, rules.excluded.tolist()))
    for i, mentee in enumerate(pool.mentees):
        meets = rules.met_by(i, np.arange(len(seats.places))).tolist()
        shape = np.uint64(codes("request_shape").index(mentee.facts.request_shape))
        for column, row in enumerate(seats.mentor_rows.tolist()):
            expected = broken_rules(mentee, pool.mentors[row], pool.weights, blocks)
            takes = bool(seats.masks[column] >> shape & np.uint64(1))
            allowed = takes and not expected - {QUALITY_FLOOR}  # the floor is the solver's least score
            assert (meets[column] and (i, column) not in shut) == allowed
        for mentor in pool.mentors:
            expected = broken_rules(mentee, mentor, pool.weights)
            named = expected - {QUALITY_FLOOR} or expected
            assert explain(mentee, mentor, pool.weights, NOW).rules == tuple(sorted(named))


def test_these_pools_break_every_rule_and_many_pairs_break_none() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        pool, blocks = a_strict_pool(seed)
        for mentee in pool.mentees:
            for mentor in pool.mentors:
                seen.update(broken_rules(mentee, mentor, pool.weights, blocks) or {"none"})
    musts = {f"must:{criterion}" for criterion in codes("must")}
    standing = {"ready", "request_shape", "cleared", "excluded", "quality_floor"}
    criteria = {"language", "diabetes_type", "relation", "device", "format", "availability", "topics", "life_stage"}
    assert musts | standing | criteria <= set(seen)
    assert seen["none"] > 100
    assert any(len(mentor.seats) > 1 for seed in SEEDS for mentor in map(capacity_of, a_strict_pool(seed)[0].mentors))


def test_no_pairs_at_all_are_an_empty_answer() -> None:
    weighted_pool, *rows = weigh_pairs([], NOW, default_weights())
    assert may_meet(weighted_pool.rules, *rows).tolist() == []
    assert check_pairs(weighted_pool.rules, *rows) == {}


def test_the_people_of_several_pairs_stand_once_in_their_pool_and_blocks_still_hold() -> None:
    sam, kim, alex = a_mentee("sam"), a_mentee("kim"), a_mentor("alex")
    pairs = [(sam, alex), (kim, alex), (sam, a_mentor("noor")), (sam, alex)]
    weighted_pool, *rows = weigh_pairs(pairs, NOW, default_weights(), frozenset({Pair("sam", "alex")}))
    assert (len(weighted_pool.pool.mentees), len(weighted_pool.pool.mentors)) == (2, 2)
    assert may_meet(weighted_pool.rules, *rows).tolist() == [False, True, True, False]
