"""Prepared what-ifs equal those from scratch, for any weights, pins, blocks and unsent proposals."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.matcher.domain.candidates import Pair
from services.matcher.domain.formulation.priority import lane, priority, promised_by, waits_of
from services.matcher.domain.insights.disclosure_control import TOGETHER
from services.matcher.domain.insights.what_if import Prepared, prepare, what_if
from services.matcher.domain.round import Snapshot, run_round, solve_pool
from services.matcher.domain.weights import Mode, Setting, Weights, criterion_data, criterion_names, default_weights

AT = datetime(2025, 6, 2, 12, tzinfo=UTC)


def a_pool(seed: int, *, pinned: bool = False) -> Snapshot:
    dice = Random(f"pool:{seed}")
    mentees, mentors = pool_of(programme(seed, 25, 70, regime=dice.choice(["scarce", "balanced", "surplus"])), at=AT)
    held = tuple(replace(mentee, held=dice.choice(mentors).id) if dice.random() < 0.1 else mentee for mentee in mentees)
    some = [Pair(dice.choice(mentees).id, dice.choice(mentors).id) for _ in range(60)]
    return Snapshot(
        programme="cairn",
        at=AT,
        weights=default_weights(),
        mentees=held,
        mentors=mentors,
        pins=frozenset(some[:30]) if pinned else frozenset(),
        blocks=frozenset(some[30:]),
    )


def any_weights(dice: Random) -> Weights:
    """Return random weights: some criteria changed, and now and then other settings."""
    start = default_weights()
    criteria = {
        name: Setting(Mode(dice.choice(criterion_data(name).get("modes", list(Mode)))), dice.randint(0, 100))
        for name in criterion_names()
        if dice.random() < 0.3
    }
    others: dict[str, Any] = {
        "coverage": dice.randint(0, 100),
        "quality_floor": dice.randint(0, 50),
        "matters_boost": dice.randint(1, 5),
        "promise_hours": {"newly_diagnosed": dice.randint(1, 200), "standard": dice.randint(1, 900)},
        "closeness": {"diabetes_type": {"t1d": {"t2d": 60}}},
    }
    chosen = {name: value for name, value in others.items() if dice.random() < 0.2}
    return replace(start, criteria={**start.criteria, **criteria}, **chosen)


@pytest.fixture(scope="module", params=[(1, False), (2, True), (3, False)], ids=["free", "pinned", "other regime"])
def prepared(request: pytest.FixtureRequest) -> Prepared:
    seed, pinned = request.param
    return prepare(a_pool(seed, pinned=pinned))


@pytest.mark.parametrize("seed", range(8))
def test_a_prepared_what_if_equals_one_from_scratch(prepared: Prepared, seed: int) -> None:
    snapshot, candidate = prepared.solved.snapshot, any_weights(Random(seed))
    result = what_if(snapshot, candidate, prepared)
    afresh = solve_pool(replace(snapshot, weights=candidate))
    before = prepared.solved.mentor_of
    assert result == what_if(snapshot, candidate)
    assert result.after_by_candidate.scores.keys() == afresh.mentor_of.keys()
    ids = [mentee.id for mentee in snapshot.mentees]
    assert list(result.changed) == [one for one in ids if before.get(one) != afresh.mentor_of.get(one)]
    assert result.optimal


@pytest.mark.parametrize("seed", range(4))
def test_both_answers_have_the_scores_of_a_round_by_those_weights(prepared: Prepared, seed: int) -> None:
    snapshot, candidate = prepared.solved.snapshot, any_weights(Random(f"scores:{seed}"))
    result = what_if(snapshot, candidate, prepared)
    for weights, evaluation in ((snapshot.weights, result.before_by_current), (candidate, result.after_by_candidate)):
        proposals = run_round(replace(snapshot, weights=weights)).proposals
        lighter = {pin.mentor_id for pin in snapshot.pins}  # a round sees their load after the pin, a what-if before
        scores = {one.mentee_id: one.score for one in proposals if one.mentor_id not in lighter}
        assert {one: evaluation.scores[one] for one in scores} == scores
        assert evaluation.matched == len(proposals) == sum(evaluation.histogram())


def test_guardrails_count_every_group(prepared: Prepared) -> None:
    result = what_if(prepared.solved.snapshot, any_weights(Random(5)), prepared)
    shown = {rail.group: rail for rail in result.guardrails if rail.people is not None}
    types = Counter(mentee.facts.diabetes_type for mentee in prepared.solved.snapshot.mentees)
    hidden = {rail.group.code for rail in result.guardrails if rail.people is None}
    assert shown
    for group, rail in shown.items():
        if group.axis == "diabetes_type":
            counts = hidden if group.code == TOGETHER else {group.code}
            assert rail.people == sum(types[code] for code in counts)


def test_priorities_of_many_equal_those_of_each() -> None:
    mentees = a_pool(4).mentees
    for seed in range(4):
        weights = replace(
            default_weights(), promise_hours={"newly_diagnosed": 24 * seed + 1, "standard": 90 * seed + 1}
        )
        many = waits_of(mentees, AT).priorities(weights).tolist()
        assert many == [priority(mentee, weights, AT) for mentee in mentees]
        past = {mentee.id for mentee in mentees if promised_by(mentee, weights, AT) < AT}
        newly = {mentee.id for mentee in mentees if lane(mentee, AT) == "newly_diagnosed"} - past
        for mentee, points in zip(mentees, many, strict=True):
            own = points - (60 if mentee.id in past else 20 if mentee.id in newly else 0)
            assert 1 <= own <= 127, "the rest is waiting and circumstances"
