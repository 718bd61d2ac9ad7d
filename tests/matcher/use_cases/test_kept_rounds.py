"""What rounds had read is kept for the last of them, and for the young, so that each can be run again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.matcher.domain.round import run_round
from services.matcher.use_cases.run_due_steps import delete_old_rounds
from tests.matcher.scenario import PROGRAMME, Scenario


def kept(scenario: Scenario) -> list[bool]:
    """Of which rounds everything is kept, the latest first."""
    with scenario.database.begin(read_only=True) as store:
        rounds = store.rounds.listed(PROGRAMME, after=None, limit=100)
        return [store.rounds.stored(one.id) is not None for one in rounds]


@pytest.fixture
def short(scenario: Scenario) -> Scenario:
    """A programme in which the last two rounds are kept, and those of the last hour."""
    scenario.decide = run_round
    scenario.terms = replace(scenario.terms, snapshots_kept=2, snapshots_for=timedelta(hours=1))
    scenario.mentee()
    return scenario


def some_rounds(scenario: Scenario, number: int, apart: timedelta) -> None:
    for _ in range(number):
        scenario.clock.forward(apart)
        scenario.run()


def test_snapshots_of_the_last_rounds_are_stored_however_old(short: Scenario) -> None:
    some_rounds(short, 4, timedelta(days=1))
    assert kept(short) == [True, True, False, False]


def test_snapshots_of_recent_rounds_are_stored_however_many(short: Scenario) -> None:
    some_rounds(short, 5, timedelta(minutes=1))
    assert kept(short) == [True] * 5
    some_rounds(short, 1, timedelta(hours=2))
    assert kept(short) == [True, True, False, False, False, False]


def test_old_rounds_are_deleted_except_the_last(short: Scenario) -> None:
    some_rounds(short, 4, timedelta(days=1))
    short.forward(days=100)
    assert delete_old_rounds(short.database, short.terms) == 2
    assert kept(short) == [True, True]
