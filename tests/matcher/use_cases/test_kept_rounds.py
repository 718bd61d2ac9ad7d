"""What rounds had read is kept for the last of them, and for the young, so that each can be run again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.matcher.domain.round import run_round
from services.matcher.use_cases.run_due_steps import delete_old_rounds
from tests.matcher.scenario import PROGRAMME, World


def kept(world: World) -> list[bool]:
    """Of which rounds everything is kept, the latest first."""
    with world.house.begin(read_only=True) as store:
        rounds = store.rounds.listed(PROGRAMME, after=None, limit=100)
        return [store.rounds.stored(one.id) is not None for one in rounds]


@pytest.fixture
def short(world: World) -> World:
    """A programme in which the last two rounds are kept, and those of the last hour."""
    world.decide = run_round
    world.terms = replace(world.terms, snapshots_kept=2, snapshots_for=timedelta(hours=1))
    world.mentee()
    return world


def some_rounds(world: World, number: int, apart: timedelta) -> None:
    for _ in range(number):
        world.clock.forward(apart)
        world.run()


def test_the_last_rounds_are_kept_however_old(short: World) -> None:
    some_rounds(short, 4, timedelta(days=1))
    assert kept(short) == [True, True, False, False]


def test_the_young_are_kept_however_many(short: World) -> None:
    some_rounds(short, 5, timedelta(minutes=1))
    assert kept(short) == [True] * 5
    some_rounds(short, 1, timedelta(hours=2))
    assert kept(short) == [True, True, False, False, False, False]


def test_rounds_of_long_ago_are_removed_but_never_the_last(short: World) -> None:
    some_rounds(short, 4, timedelta(days=1))
    short.forward(days=100)
    assert delete_old_rounds(short.house, short.terms) == 2
    assert kept(short) == [True, True]
