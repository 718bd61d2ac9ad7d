"""Rounds: one at a time, resumed where they were cut off, applied only as far as they still hold."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from services.events import profiles
from services.events.matcher import MatchProposed
from services.matcher.domain.records import Round
from services.matcher.domain.round import Decision, RoundResult, Snapshot
from services.matcher.ports import Store
from services.matcher.use_cases import apply_round as applying
from services.matcher.use_cases.apply_round import RoundOvertaken, apply_round
from services.matcher.use_cases.request_round import request_round
from tests.matcher.greedy_solver import in_turn
from tests.matcher.scenario import PROGRAMME, World, spoken


class Crash(Exception):
    """The process is gone."""


def run(world: World) -> Round | None:
    return world.run()


def rounds(world: World) -> list[Round]:
    with world.house.begin(read_only=True) as store:
        return list(store.rounds.listed(PROGRAMME, after=None, limit=100))


def test_a_round_keeps_what_it_read_and_decided_by_hash(world: World) -> None:
    world.mentor(), world.mentee(), world.mentee()
    world.rounds()
    done = rounds(world)[0]
    assert (done.state, done.mentees, done.mentors, done.proposed, done.unmatched) == ("applied", 2, 1, 1, 1)
    assert done.input_hash is not None
    assert done.result_hash is not None
    assert done.certificate["optimal"]


def test_nothing_happens_when_nobody_waits(world: World) -> None:
    world.mentor()
    world.rounds()
    assert rounds(world) == []


def test_a_round_cut_off_before_deciding_comes_to_the_same_result(world: World) -> None:
    world.mentor("mentor-a"), world.mentee("mentee-a")
    read: list[Snapshot] = []

    def cut_off(snapshot: Snapshot) -> RoundResult:
        read.append(snapshot)
        raise Crash

    world.decide = cut_off
    with pytest.raises(Crash):
        run(world)
    world.mentor("mentor-0")  # would come first, had the round read it

    def remembering(snapshot: Snapshot) -> RoundResult:
        read.append(snapshot)
        return in_turn(snapshot)

    world.decide = remembering
    done = run(world)
    assert read[0] == read[1]
    assert done is not None
    assert done.id == rounds(world)[0].id
    assert [event.mentor_id for event in world.told(MatchProposed)] == ["mentor-a"]


def test_a_round_cut_off_while_applying_proposes_nobody_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "BATCH", 2)
    world.mentor(capacity=5)
    for _ in range(5):
        world.mentee()
    require_fence, batches = applying._require_fence, itertools.count(1)

    def until_the_third(store: Store, opened: Round) -> None:
        if next(batches) == 3:
            raise Crash
        require_fence(store, opened)

    with monkeypatch.context() as cut:
        cut.setattr(applying, "_require_fence", until_the_third)
        with pytest.raises(Crash):
            run(world)
    assert len(world.told(MatchProposed)) == 4
    done = run(world)
    assert done is not None
    assert done.proposed == 5
    assert len({event.mentee_id for event in world.told(MatchProposed)}) == len(world.told(MatchProposed)) == 5
    assert len(rounds(world)) == 1


def test_a_run_that_was_overtaken_applies_nothing(world: World) -> None:
    world.mentor(), world.mentee()
    left_behind: list[tuple[Round, Snapshot]] = []

    def slow(snapshot: Snapshot) -> RoundResult:
        with world.house.begin(read_only=True) as store:
            found = store.rounds.unfinished(PROGRAMME)
        assert found is not None
        left_behind.append(found[:2])
        world.decide = in_turn
        run(world)  # another worker takes the round over and applies it
        return in_turn(snapshot)

    world.decide = slow
    assert run(world) is None
    assert len(world.told(MatchProposed)) == 1
    opened, snapshot = left_behind[0]
    with pytest.raises(RoundOvertaken):
        apply_round(world.house, world.terms, opened, snapshot, Decision(result=in_turn(snapshot)))


def test_a_pair_that_no_longer_holds_is_dropped_and_looked_at_again(world: World) -> None:
    world.mentor("mentor-a"), world.mentor("mentor-b")
    mentee = world.mentee()

    def meanwhile(snapshot: Snapshot) -> RoundResult:
        world.decide = in_turn
        world.hear(profiles.PersonPaused, "mentor-a")
        return in_turn(snapshot)

    world.decide = meanwhile
    done = run(world)
    assert done is not None
    assert (done.proposed, done.dropped) == (0, 1)
    assert world.asked(mentee).mentor_id == "mentor-b"


def test_a_pair_whose_people_changed_is_checked_again_by_the_rules(world: World) -> None:
    world.mentor("mentor-a"), world.mentor("mentor-b")
    mentee = world.mentee()

    def meanwhile(snapshot: Snapshot) -> RoundResult:
        world.decide = in_turn
        world.change("mentor-a", "mentor", languages=spoken("cy"))
        return in_turn(snapshot)

    world.decide = meanwhile
    done = run(world)
    assert done is not None
    assert (done.proposed, done.dropped) == (0, 1)
    assert world.asked(mentee).mentor_id == "mentor-b"


def test_a_mentee_who_signs_off_meanwhile_is_not_proposed(world: World) -> None:
    world.mentor()
    mentee = world.mentee()

    def meanwhile(snapshot: Snapshot) -> RoundResult:
        world.decide = in_turn
        world.hear(profiles.PersonLeft, mentee)
        return in_turn(snapshot)

    world.decide = meanwhile
    run(world)
    world.rounds()
    assert world.told(MatchProposed) == []


def test_a_round_that_had_read_an_erased_person_is_given_up(world: World) -> None:
    world.mentor()
    gone, stays = world.mentee("gone"), world.mentee("stays")

    def meanwhile(snapshot: Snapshot) -> RoundResult:
        world.decide = in_turn
        world.hear(profiles.PersonErased, gone)
        return in_turn(snapshot)

    world.decide = meanwhile
    assert run(world) is None
    assert [one.state for one in rounds(world)] == ["given_up"]
    assert world.asked(stays).mentee_id == stays


def test_a_decision_beyond_capacity_is_not_applied(world: World) -> None:
    world.mentor(capacity=1)
    mentees = [world.mentee(), world.mentee()]

    def generous(snapshot: Snapshot) -> RoundResult:
        wide = [replace(one, facts=replace(one.facts, capacity=9)) for one in snapshot.mentors]
        world.decide = in_turn
        return in_turn(replace(snapshot, mentors=tuple(wide)))

    world.decide = generous
    done = run(world)
    assert done is not None
    assert (done.proposed, done.dropped) == (1, 1)
    assert sum(world.live(mentee) is not None for mentee in mentees) == 1


def test_an_admin_may_ask_for_a_round(world: World) -> None:
    world.mentor()
    mentee = world.mentee()
    world.rounds()
    request_round(world.house, PROGRAMME, by="admin", reason="impatience")
    assert list(world.house.due_rounds()) == [PROGRAMME]
    assert world.live(mentee) is not None
