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
from tests.matcher.scenario import PROGRAMME, Scenario, spoken


class Crash(Exception):
    """The process is gone."""


def run(scenario: Scenario) -> Round | None:
    return scenario.run()


def rounds(scenario: Scenario) -> list[Round]:
    with scenario.database.begin(read_only=True) as store:
        return list(store.rounds.listed(PROGRAMME, after=None, limit=100))


def test_a_round_keeps_what_it_read_and_decided_by_hash(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee(), scenario.mentee()
    scenario.rounds()
    done = rounds(scenario)[0]
    assert (done.state, done.mentees, done.mentors, done.proposed, done.unmatched) == ("applied", 2, 1, 1, 1)
    assert done.input_hash is not None
    assert done.result_hash is not None
    assert done.certificate["optimal"]


def test_nothing_happens_when_nobody_waits(scenario: Scenario) -> None:
    scenario.mentor()
    scenario.rounds()
    assert rounds(scenario) == []


def test_a_round_cut_off_before_deciding_comes_to_the_same_result(scenario: Scenario) -> None:
    scenario.mentor("mentor-a"), scenario.mentee("mentee-a")
    read: list[Snapshot] = []

    def cut_off(snapshot: Snapshot) -> RoundResult:
        read.append(snapshot)
        raise Crash

    scenario.decide = cut_off
    with pytest.raises(Crash):
        run(scenario)
    scenario.mentor("mentor-0")  # would come first, had the round read it

    def remembering(snapshot: Snapshot) -> RoundResult:
        read.append(snapshot)
        return in_turn(snapshot)

    scenario.decide = remembering
    done = run(scenario)
    assert read[0] == read[1]
    assert done is not None
    assert done.id == rounds(scenario)[0].id
    assert [event.mentor_id for event in scenario.published(MatchProposed)] == ["mentor-a"]


def test_a_round_cut_off_while_applying_proposes_nobody_twice(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "BATCH", 2)
    scenario.mentor(capacity=5)
    for _ in range(5):
        scenario.mentee()
    require_fence, batches = applying._require_fence, itertools.count(1)

    def until_the_third(store: Store, opened: Round) -> None:
        if next(batches) == 3:
            raise Crash
        require_fence(store, opened)

    with monkeypatch.context() as cut:
        cut.setattr(applying, "_require_fence", until_the_third)
        with pytest.raises(Crash):
            run(scenario)
    assert len(scenario.published(MatchProposed)) == 4
    done = run(scenario)
    assert done is not None
    assert done.proposed == 5
    assert (
        len({event.mentee_id for event in scenario.published(MatchProposed)})
        == len(scenario.published(MatchProposed))
        == 5
    )
    assert len(rounds(scenario)) == 1


def test_a_run_that_was_overtaken_applies_nothing(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee()
    left_behind: list[tuple[Round, Snapshot]] = []

    def slow(snapshot: Snapshot) -> RoundResult:
        with scenario.database.begin(read_only=True) as store:
            found = store.rounds.unfinished(PROGRAMME)
        assert found is not None
        left_behind.append(found[:2])
        scenario.decide = in_turn
        run(scenario)  # another worker takes the round over and applies it
        return in_turn(snapshot)

    scenario.decide = slow
    assert run(scenario) is None
    assert len(scenario.published(MatchProposed)) == 1
    opened, snapshot = left_behind[0]
    with pytest.raises(RoundOvertaken):
        apply_round(scenario.database, scenario.terms, opened, snapshot, Decision(result=in_turn(snapshot)))


def test_a_pair_that_is_no_longer_valid_is_dropped_and_left_to_the_next_round(scenario: Scenario) -> None:
    scenario.mentor("mentor-a"), scenario.mentor("mentor-b")
    mentee = scenario.mentee()

    def meanwhile(snapshot: Snapshot) -> RoundResult:
        scenario.decide = in_turn
        scenario.receive(profiles.PersonPaused, "mentor-a")
        return in_turn(snapshot)

    scenario.decide = meanwhile
    done = run(scenario)
    assert done is not None
    assert (done.proposed, done.dropped) == (0, 1)
    assert scenario.asked(mentee).mentor_id == "mentor-b"


def test_a_pair_whose_people_changed_is_checked_again_by_the_rules(scenario: Scenario) -> None:
    scenario.mentor("mentor-a"), scenario.mentor("mentor-b")
    mentee = scenario.mentee()

    def meanwhile(snapshot: Snapshot) -> RoundResult:
        scenario.decide = in_turn
        scenario.change("mentor-a", "mentor", languages=spoken("cy"))
        return in_turn(snapshot)

    scenario.decide = meanwhile
    done = run(scenario)
    assert done is not None
    assert (done.proposed, done.dropped) == (0, 1)
    assert scenario.asked(mentee).mentor_id == "mentor-b"


def test_a_mentee_who_signs_off_meanwhile_is_not_proposed(scenario: Scenario) -> None:
    scenario.mentor()
    mentee = scenario.mentee()

    def meanwhile(snapshot: Snapshot) -> RoundResult:
        scenario.decide = in_turn
        scenario.receive(profiles.PersonLeft, mentee)
        return in_turn(snapshot)

    scenario.decide = meanwhile
    run(scenario)
    scenario.rounds()
    assert scenario.published(MatchProposed) == []


def test_a_round_that_had_read_an_erased_person_is_given_up(scenario: Scenario) -> None:
    scenario.mentor()
    gone, stays = scenario.mentee("gone"), scenario.mentee("stays")

    def meanwhile(snapshot: Snapshot) -> RoundResult:
        scenario.decide = in_turn
        scenario.receive(profiles.PersonErased, gone)
        return in_turn(snapshot)

    scenario.decide = meanwhile
    assert run(scenario) is None
    assert [one.state for one in rounds(scenario)] == ["given_up"]
    assert scenario.asked(stays).mentee_id == stays


def test_a_decision_beyond_capacity_is_not_applied(scenario: Scenario) -> None:
    scenario.mentor(capacity=1)
    mentees = [scenario.mentee(), scenario.mentee()]

    def generous(snapshot: Snapshot) -> RoundResult:
        wide = [replace(one, facts=replace(one.facts, capacity=9)) for one in snapshot.mentors]
        scenario.decide = in_turn
        return in_turn(replace(snapshot, mentors=tuple(wide)))

    scenario.decide = generous
    done = run(scenario)
    assert done is not None
    assert (done.proposed, done.dropped) == (1, 1)
    assert sum(scenario.live(mentee) is not None for mentee in mentees) == 1


def test_an_admin_may_ask_for_a_round(scenario: Scenario) -> None:
    scenario.mentor()
    mentee = scenario.mentee()
    scenario.rounds()
    request_round(scenario.database, PROGRAMME, by="admin", reason="impatience")
    assert list(scenario.database.due_rounds()) == [PROGRAMME]
    assert scenario.live(mentee) is not None
