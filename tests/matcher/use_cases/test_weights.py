"""Admins publish weights; nobody overwrites what another has just decided."""

from __future__ import annotations

import pytest

from services.chassis.core.errors import Invalid, NotFound, Stale
from services.events.matcher import WeightsPublished
from services.matcher.domain.round import RoundResult, Snapshot
from services.matcher.use_cases.publish_weights import publish_weights, revert_weights
from tests.matcher.greedy_solver import in_turn
from tests.matcher.scenario import PROGRAMME, Scenario, at

TOLD = {"criteria": {"device": {"mode": "soft", "weight": 77}}, "coverage": 50}


def weight(scenario: Scenario, criterion: str) -> int:
    with scenario.database.begin(read_only=True) as store:
        return store.weights.current(PROGRAMME).weights.setting(criterion).weight


def test_a_programme_starts_with_weights(scenario: Scenario) -> None:
    with scenario.database.begin(read_only=True) as store:
        current = store.weights.current(PROGRAMME)
    assert (current.weights.version, current.by) == (1, "cairn")


def test_the_next_round_uses_what_was_published(scenario: Scenario) -> None:
    used: list[int] = []

    def noting(snapshot: Snapshot) -> RoundResult:
        used.append(snapshot.weights.version)
        return in_turn(snapshot)

    scenario.decide = noting
    scenario.mentee()
    scenario.rounds()
    publish_weights(scenario.database, PROGRAMME, TOLD, at(1), by="admin", reason="pumps")
    scenario.rounds()
    assert used == [1, 2]
    assert weight(scenario, "device") == 77
    assert [event.version for event in scenario.published(WeightsPublished)] == [2]


def test_publishing_on_an_older_version_is_refused_with_the_current_one(scenario: Scenario) -> None:
    publish_weights(scenario.database, PROGRAMME, TOLD, at(1), by="admin", reason="first")
    with pytest.raises(Stale) as refused:
        publish_weights(scenario.database, PROGRAMME, TOLD, at(1), by="admin", reason="second")
    assert refused.value.now == {"version": 2}
    assert len(scenario.published(WeightsPublished)) == 1


def test_every_fault_is_named_and_nothing_is_published(scenario: Scenario) -> None:
    values = {"criteria": {"device": {"weight": 101}, "shoe_size": {"weight": 1}}, "coverage": -1}
    with pytest.raises(Invalid) as refused:
        publish_weights(scenario.database, PROGRAMME, values, at(1), by="admin", reason="oops")
    fields = {error["field"] for error in refused.value.errors}
    assert fields == {"criteria.device.weight", "criteria.shoe_size", "coverage"}
    assert scenario.published(WeightsPublished) == []


def test_going_back_makes_a_new_version(scenario: Scenario) -> None:
    usual = weight(scenario, "device")
    publish_weights(scenario.database, PROGRAMME, TOLD, at(1), by="admin", reason="try")
    back = revert_weights(scenario.database, PROGRAMME, 1, at(2), by="admin", reason="did not help")
    assert back.weights.version == 3
    assert weight(scenario, "device") == usual
    with pytest.raises(NotFound):
        revert_weights(scenario.database, PROGRAMME, 9, at(3), by="admin", reason="no such")
    with scenario.database.begin(read_only=True) as store:
        listed = store.weights.listed(PROGRAMME, below=None, limit=10)
    assert [one.weights.version for one in listed] == [3, 2, 1]
