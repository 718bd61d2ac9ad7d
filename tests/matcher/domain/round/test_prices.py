"""Prices of one round over the rows of the next: by person, whoever came and left, and never beyond places."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np

from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.problem import Problem, build
from services.matcher.domain.features.reading import read
from services.matcher.domain.round import NO_PRICES, Prices, Snapshot, decide_round, prices_from_json, prices_to_json
from services.matcher.domain.round.prices import start_from
from tests.matcher.domain.round.test_same_bytes import a_programme


def problem_of(snapshot: Snapshot) -> Problem:
    mentees = tuple(sorted(snapshot.mentees, key=lambda one: one.id))
    mentors = tuple(sorted(snapshot.mentors, key=lambda one: one.id))
    return build(read(Pool(mentees, mentors, snapshot.at, snapshot.weights), snapshot.blocks))


def priced(problem: Problem, prices: Prices) -> dict[str, tuple[int, int]]:
    """Prices laid over a problem, by seat."""
    start = start_from(problem, prices)
    assert start is not None
    names = [f"{problem.pool.mentors[row].id}/{mask}" for row, mask in zip(*_seats(problem), strict=True)]
    return dict(zip(names, zip(start.mentor_price.tolist(), start.mentor_tie_price.tolist(), strict=True), strict=True))


def _seats(problem: Problem) -> tuple[list[int], list[int]]:
    return problem.seats.mentor_rows.tolist(), problem.seats.masks.tolist()


def test_over_the_same_people_prices_and_pairs_are_what_they_were() -> None:
    snapshot = a_programme()
    prices = decide_round(snapshot).prices
    start = start_from(problem_of(snapshot), prices)
    assert start is not None
    assert {name: price for name, price in priced(problem_of(snapshot), prices).items() if any(price)} == prices.seats
    assert int((start.mentor_of >= 0).sum()) == len(prices.pairs) > 10


def test_newcomers_start_at_nothing_and_who_left_is_not_looked_for() -> None:
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
    fewer = tuple(replace(one, facts=replace(one.facts, capacity=1)) for one in snapshot.mentors)
    problem = problem_of(replace(snapshot, mentors=fewer))
    start = start_from(problem, prices)
    assert start is not None
    taken = np.bincount(start.mentor_of[start.mentor_of >= 0], minlength=len(problem.seats.places))
    assert (taken <= problem.seats.places).all()


def test_a_point_of_priority_keeps_its_worth_when_it_is_counted_in_another_unit() -> None:
    problem = problem_of(a_programme())
    name = next(iter(priced(problem, Prices(seats={"nobody/1": (1, 0)}))))
    unit = int(np.gcd.reduce(problem.scores.mentee_bonus))
    for fit in (-300, 0, 300):
        before = Prices(unit=2 * unit, seats={name: (5 * 2 * unit + fit, 7)})
        assert priced(problem, before)[name] == (5 * unit + fit, 7)


def test_without_prices_there_is_no_start() -> None:
    assert start_from(problem_of(a_programme()), NO_PRICES) is None


def test_prices_are_stored_and_read_back() -> None:
    prices = decide_round(a_programme()).prices
    assert prices_from_json(prices_to_json(prices)) == prices


def test_over_a_long_sequence_every_round_has_prices_for_the_next() -> None:
    dice, snapshot, prices = Random(7), a_programme(), NO_PRICES
    for _ in range(10):
        mentees = tuple(one for one in snapshot.mentees if dice.random() > 0.1)
        snapshot = replace(snapshot, mentees=mentees, at=snapshot.at + timedelta(hours=9))
        start = start_from(problem_of(snapshot), prices)
        assert (start is None) == (prices == NO_PRICES)
        assert start is None or len(start.mentor_of) == len(mentees)
        prices = decide_round(snapshot).prices
