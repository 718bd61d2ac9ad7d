"""Warm starts: prices of a round over the rows of the next, by id, and pairs within the places."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest

from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.weighted_pool import WeightedPool, weigh_pool
from services.matcher.domain.round import (
    COLD_START,
    Snapshot,
    WarmStart,
    decide_round,
    result_to_json,
    snapshot_to_json,
    verify_round,
    warm_start_from_json,
    warm_start_to_json,
)
from services.matcher.domain.round.warm_start import start_of
from services.matcher.domain.weights import Weights, weights_from_json
from tests.matcher.domain.round.test_same_bytes import a_programme


def problem_of(snapshot: Snapshot) -> WeightedPool:
    mentees = tuple(sorted(snapshot.mentees, key=lambda one: one.id))
    mentors = tuple(sorted(snapshot.mentors, key=lambda one: one.id))
    return weigh_pool(Pool(mentees, mentors, snapshot.at, snapshot.weights), snapshot.blocks)


def priced(problem: WeightedPool, prices: WarmStart) -> dict[str, tuple[int, int]]:
    """Return prices mapped to a problem, by capacity class."""
    start = start_of(problem, prices)
    assert start is not None
    names = [f"{problem.pool.mentors[row].id}/{mask}" for row, mask in zip(*_seats(problem), strict=True)]
    return dict(zip(names, zip(start.mentor_price.tolist(), start.mentor_tie_price.tolist(), strict=True), strict=True))


def _seats(problem: WeightedPool) -> tuple[list[int], list[int]]:
    return problem.seats.mentor_rows.tolist(), problem.seats.masks.tolist()


def test_over_the_same_people_prices_and_pairs_are_unchanged() -> None:
    snapshot = a_programme()
    prices = decide_round(snapshot).prices
    start = start_of(problem_of(snapshot), prices)
    assert start is not None
    assert {name: price for name, price in priced(problem_of(snapshot), prices).items() if any(price)} == prices.seats
    assert int((start.mentor_of >= 0).sum()) == len(prices.pairs) > 10


def test_new_people_start_at_price_zero_and_prices_of_people_who_left_are_dropped() -> None:
    snapshot = a_programme()
    prices = decide_round(snapshot).prices
    gone, *stay = sorted(snapshot.mentors, key=lambda one: one.id)
    newcomer = replace(gone, id="m999999")
    after = priced(problem_of(replace(snapshot, mentors=(*stay, newcomer))), prices)
    assert not any(name.startswith(f"{gone.id}/") for name in after)
    assert all(price == (0, 0) for name, price in after.items() if name.startswith("m999999/"))
    assert any(any(price) for price in after.values())


def test_pairs_are_kept_only_as_far_as_there_are_places() -> None:
    snapshot = a_programme()
    prices = decide_round(snapshot).prices
    fewer = tuple(replace(mentor, facts=replace(mentor.facts, capacity=1)) for mentor in snapshot.mentors)
    problem = problem_of(replace(snapshot, mentors=fewer))
    start = start_of(problem, prices)
    assert start is not None
    taken = np.bincount(start.mentor_of[start.mentor_of >= 0], minlength=len(problem.seats.places))
    assert (taken <= problem.seats.places).all()


def test_prices_are_scaled_to_the_current_value_of_a_priority_point() -> None:
    problem = problem_of(a_programme())
    name = next(iter(priced(problem, WarmStart(seats={"nobody/1": (1, 0)}))))
    unit = int(np.gcd.reduce(problem.scores.mentee_bonus))
    for fit in (-300, 0, 300):
        before = WarmStart(unit=2 * unit, seats={name: (5 * 2 * unit + fit, 7)})
        assert priced(problem, before)[name] == (5 * unit + fit, 7)


def test_without_prices_there_is_no_start() -> None:
    assert start_of(problem_of(a_programme()), COLD_START) is None


def test_prices_are_stored_and_read_back() -> None:
    prices = decide_round(a_programme()).prices
    assert warm_start_from_json(warm_start_to_json(prices)) == prices


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rolling_rounds_decide_the_same_bytes_from_prices_as_from_nothing(seed: int) -> None:
    """People come and leave, mentors decline, weights and the dial change: prices never change a result."""
    dice, whole, prices = Random(seed), a_programme(), COLD_START
    mentees = {person.id: person for person in whole.mentees[:30]}
    mentors = {person.id: person for person in whole.mentors[:14]}
    snapshot = whole
    for _ in range(25):
        for person in dice.sample(whole.mentees, 4):
            mentees[person.id] = mentees.get(person.id, person)
        mentors |= {person.id: person for person in dice.sample(whole.mentors, 1)}
        for left in dice.sample(sorted(mentees), 2):
            del mentees[left]
        if len(mentors) > 8:
            del mentors[dice.choice(sorted(mentors))]
        snapshot = replace(
            snapshot,
            at=snapshot.at + timedelta(hours=dice.randint(1, 200)),
            weights=_other_weights(dice) if dice.random() < 0.3 else snapshot.weights,
            mentees=tuple(mentees.values()),
            mentors=tuple(mentors.values()),
        )
        warm, cold = decide_round(snapshot, start=prices), decide_round(snapshot)
        assert result_to_json(warm.result) == result_to_json(cold.result)
        assert verify_round(snapshot_to_json(snapshot), result_to_json(warm.result)).same
        prices = warm.prices
        for made in warm.result.proposals:
            if dice.random() < 0.3:  # the mentor declined
                refused = mentees[made.mentee_id]
                mentees[refused.id] = replace(refused, excluded=refused.excluded | {made.mentor_id}, tries=1)
            elif dice.random() < 0.3:  # the match became active
                del mentees[made.mentee_id]
                mentor = mentors[made.mentor_id]
                mentors[mentor.id] = replace(mentor, taken=mentor.taken + 1)


def _other_weights(dice: Random) -> Weights:
    values = {"criteria": {"topics": {"weight": dice.randint(0, 100)}}, "coverage": dice.choice([100, 100, 60])}
    weights, faults = weights_from_json(values)
    assert weights is not None, faults
    return weights
