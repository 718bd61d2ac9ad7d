"""Admins publish weights; nobody overwrites what another has just decided."""

from __future__ import annotations

import pytest

from services.chassis.core.errors import Invalid, NotFound, Stale
from services.events.matcher import WeightsPublished
from services.matcher.domain.round import RoundResult, Snapshot
from services.matcher.use_cases.publish_weights import publish_weights, revert_weights
from tests.matcher.greedy_solver import in_turn
from tests.matcher.scenario import PROGRAMME, World

TOLD = {"criteria": {"device": {"mode": "soft", "weight": 77}}, "coverage": 50}


def weight(world: World, criterion: str) -> int:
    with world.house.begin(read_only=True) as store:
        return store.weights.current(PROGRAMME).weights.setting(criterion).weight


def test_a_programme_starts_with_weights(world: World) -> None:
    with world.house.begin(read_only=True) as store:
        current = store.weights.current(PROGRAMME)
    assert (current.weights.version, current.by) == (1, "cairn")


def test_the_next_round_uses_what_was_published(world: World) -> None:
    used: list[int] = []

    def noting(snapshot: Snapshot) -> RoundResult:
        used.append(snapshot.weights.version)
        return in_turn(snapshot)

    world.decide = noting
    world.mentee()
    world.rounds()
    publish_weights(world.house, PROGRAMME, TOLD, after=1, by="admin", reason="pumps")
    world.rounds()
    assert used == [1, 2]
    assert weight(world, "device") == 77
    assert [event.version for event in world.told(WeightsPublished)] == [2]


def test_whoever_decided_on_an_older_version_is_told_so(world: World) -> None:
    publish_weights(world.house, PROGRAMME, TOLD, after=1, by="admin", reason="first")
    with pytest.raises(Stale) as refused:
        publish_weights(world.house, PROGRAMME, TOLD, after=1, by="admin", reason="second")
    assert refused.value.now == {"version": 2}
    assert len(world.told(WeightsPublished)) == 1


def test_every_fault_is_named_and_nothing_is_published(world: World) -> None:
    told = {"criteria": {"device": {"weight": 101}, "shoe_size": {"weight": 1}}, "coverage": -1}
    with pytest.raises(Invalid) as refused:
        publish_weights(world.house, PROGRAMME, told, after=1, by="admin", reason="oops")
    fields = {error["field"] for error in refused.value.errors}
    assert fields == {"criteria.device.weight", "criteria.shoe_size", "coverage"}
    assert world.told(WeightsPublished) == []


def test_going_back_makes_a_new_version(world: World) -> None:
    usual = weight(world, "device")
    publish_weights(world.house, PROGRAMME, TOLD, after=1, by="admin", reason="try")
    back = revert_weights(world.house, PROGRAMME, 1, after=2, by="admin", reason="did not help")
    assert back.weights.version == 3
    assert weight(world, "device") == usual
    with pytest.raises(NotFound):
        revert_weights(world.house, PROGRAMME, 9, after=3, by="admin", reason="no such")
    with world.house.begin(read_only=True) as store:
        listed = store.weights.listed(PROGRAMME, below=None, limit=10)
    assert [one.weights.version for one in listed] == [3, 2, 1]
