"""The cost of a pin or a block, compared with that of solving the pool again."""

from dataclasses import replace
from importlib import import_module
from random import Random
from typing import Any

import pytest

from services.matcher.domain.candidates import Pair
from services.matcher.domain.insights.evaluation import evaluate_pairing, pairing, rows_of
from services.matcher.domain.insights.pair_cost import PairCost, why_not, why_together
from services.matcher.domain.insights.what_if import Prepared, prepare
from services.matcher.domain.round import Snapshot, SolvedPool, solve_pool
from tests.matcher.domain.insights.random_pools import a_random_pool
from tests.support.people import a_mentee, a_mentor, a_snapshot, weights

MODULE = import_module("services.matcher.domain.insights.pair_cost")


def by_solving_again(before: Prepared, decided: Snapshot, pair: Pair) -> PairCost:
    """Return the cost of other pins or blocks, from a new solve of everything."""
    pool, mentor_of = replace(before.solved.problem.pool, mentees=(), mentors=()), solve_pool(decided).mentor_of
    people = replace(pool, mentees=before.solved.snapshot.mentees, mentors=before.solved.snapshot.mentors)
    then = rows_of(people, mentor_of)
    first, second = before.by_current, evaluate_pairing(before.weighted_pool, pairing(before.weighted_pool, then))
    points = before.weighted_pool.encoded_pool.waits.priorities(pool.weights)
    was = before.made.mentor_of
    changed = [mentee_id for mentee_id, old, new in zip(before.people, was, then, strict=True) if old != new]
    return PairCost(
        pair=pair,
        rules=(),
        fewer_matched=first.matched - second.matched,
        lost_priority=int(points[was >= 0].sum() - points[then >= 0].sum()),
        lost_fit=first.fit - second.fit,
        others=tuple(mentee_id for mentee_id in changed if mentee_id != pair.mentee_id),
    )


@pytest.mark.parametrize("seed", range(150))
def test_a_cost_is_that_of_solving_again(seed: int) -> None:
    before = prepare(a_random_pool(seed))
    solved, dice = before.solved, Random(seed)
    snapshot = solved.snapshot
    made = sorted(Pair(*pair) for pair in solved.mentor_of.items())
    for _ in range(3):
        pair = Pair(dice.choice(snapshot.mentees).id, dice.choice(snapshot.mentors).id)
        cost = why_not(snapshot, pair, before)
        pins = frozenset(pin for pin in snapshot.pins if pin.mentee_id != pair.mentee_id) | {pair}
        pinned = replace(snapshot, pins=pins)
        if cost.rules:
            assert solve_pool(pinned).mentor_of.get(pair.mentee_id) != pair.mentor_id
        elif not cost.already:
            assert cost == by_solving_again(before, pinned, pair)
        if made:
            pair = dice.choice(made)
            apart = replace(snapshot, pins=snapshot.pins - {pair}, blocks=snapshot.blocks | {pair})
            expected = by_solving_again(before, apart, pair)
            assert why_together(snapshot, pair, before) == expected


def test_an_ordinary_question_does_not_solve_the_pool_again(monkeypatch: pytest.MonkeyPatch) -> None:
    mentees = [
        a_mentee(f"e{n}", topics=("food",) if n % 2 else ("work",), held="o0" if n == 3 else None) for n in range(9)
    ]
    mentors = [a_mentor(f"o{n}", topics=("food",) if n % 2 else (), capacity=2) for n in range(4)]
    before = prepare(a_snapshot(mentees, mentors))
    snapshot = before.solved.snapshot
    expected = {}
    for mentee in snapshot.mentees:
        pair = Pair(mentee.id, "o1")
        expected[pair] = by_solving_again(before, replace(snapshot, pins=frozenset({pair})), pair)
    monkeypatch.setattr(MODULE, "solve_pool", None)
    answers = {pair: why_not(snapshot, pair, before) for pair in expected}
    asked = {pair: cost for pair, cost in answers.items() if not cost.already}
    assert len(asked) > 5
    assert asked == {pair: expected[pair] for pair in asked}


@pytest.mark.parametrize("kept", [True, False], ids=["unsent", "sent"])
def test_values_that_change_for_everyone_are_solved_again(kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the dial below 100, an unsent proposal fewer changes how all bonuses are rounded."""
    mentees = [a_mentee("sam", held="kim" if kept else None), a_mentee("jo")]
    before = prepare(a_snapshot(mentees, [a_mentor("kim"), a_mentor("ida")], weights(coverage=70)))
    sam = next(mentor for mentor in ("kim", "ida") if before.solved.mentor_of["sam"] != mentor)
    solves = list[Snapshot]()

    def counted(snapshot: Snapshot, **more: Any) -> SolvedPool:
        solves.append(snapshot)
        return solve_pool(snapshot, **more)

    monkeypatch.setattr(MODULE, "solve_pool", counted)
    assert why_not(before.solved.snapshot, Pair("sam", sam), before).others == ("jo",)
    assert len(solves) == kept


def test_a_mentee_without_any_candidate_costs_nothing_to_others() -> None:
    pool = a_snapshot([a_mentee("sam", languages=()), a_mentee("jo")], [a_mentor("kim", capacity=0)])
    before = prepare(pool)
    assert before.solved.mentor_of == {}
    assert why_not(pool, Pair("jo", "kim"), before).rules == ("places",)
    assert why_together(pool, Pair("jo", "kim"), before).already
