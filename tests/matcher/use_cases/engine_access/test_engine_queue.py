"""Questions to the engine: one at a time, about pools up to a size, answered within a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from services.chassis.core.errors import Conflict
from services.events.facts import Must
from services.matcher.domain.programme_terms import Bounds
from services.matcher.domain.round import run_round
from services.matcher.use_cases.engine_access.engine_queue import EngineBusy, EngineQueue, TookTooLong
from services.matcher.use_cases.explain_wait import explain_wait
from services.matcher.use_cases.preview_weights import preview_weights
from tests.matcher.scenario import ADMIN, PROGRAMME, Scenario, person
from tests.support.patience import PATIENCE


@contextmanager
def somebody_asking(queue: EngineQueue, scenario: Scenario) -> Iterator[None]:
    """Another thread has the engine meanwhile."""
    asking, done = threading.Event(), threading.Event()
    with queue.question(scenario.database, PROGRAMME):  # what is prepared once is not what is tried here
        pass

    def ask() -> None:
        with queue._own_turn():
            asking.set()
            done.wait(PATIENCE)

    other = threading.Thread(target=ask)
    other.start()
    asking.wait(PATIENCE)
    try:
        yield
    finally:
        done.set()
        other.join(PATIENCE)


def test_a_second_question_is_asked_to_come_again(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee()
    queue = EngineQueue(Bounds(wait=0.01))
    with somebody_asking(queue, scenario), pytest.raises(EngineBusy):
        preview_weights(scenario.database, queue, PROGRAMME, {})
    assert preview_weights(scenario.database, queue, PROGRAMME, {}).waiting == 1, "the engine is free again"


def test_a_pool_above_the_bound_is_refused_with_its_size(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentor(), scenario.mentee()
    with pytest.raises(Conflict) as refused:
        preview_weights(scenario.database, EngineQueue(Bounds(pairs=1)), PROGRAMME, {})
    assert refused.value.now == {"mentees": 1, "mentors": 2, "pairs": 2, "most": 1}
    assert preview_weights(scenario.database, EngineQueue(Bounds(pairs=2)), PROGRAMME, {}).waiting == 1


def test_a_question_over_its_time_is_stopped_and_the_next_one_runs(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee()
    queue = EngineQueue(Bounds(seconds=0.0))
    for _ in range(2):
        with pytest.raises(TookTooLong):
            preview_weights(scenario.database, queue, PROGRAMME, {})


def test_a_person_reads_the_cause_of_the_last_round_when_the_engine_is_busy(scenario: Scenario) -> None:
    scenario.decide = run_round
    scenario.mentor(gender="man")
    waiting = scenario.mentee(musts=(Must(criterion="gender", value="woman"),))
    scenario.rounds()
    queue = EngineQueue(Bounds(wait=0.01))
    with somebody_asking(queue, scenario):
        why = explain_wait(scenario.database, queue, person(waiting), waiting, "en")
        assert (why.cause, why.rules) == ("hard_rule", ("must:gender",))
        assert why.relaxations == (), "details take the engine"
        with pytest.raises(EngineBusy):
            explain_wait(scenario.database, queue, ADMIN, waiting, "en")
    assert explain_wait(scenario.database, queue, person(waiting), waiting, "en").relaxations
