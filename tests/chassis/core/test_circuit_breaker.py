"""Only the first callers wait for a dependency that does not answer, and nobody waits for the probe."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.chassis.core.circuit_breaker import Breaker


class Dependency:
    """Something that can be away; its probes run when the test says so."""

    def __init__(self) -> None:
        self.away = False
        self.probes = 0
        self.now = 100.0
        self.started: list[Callable[[], None]] = []
        self.breaker = Breaker("thing", self._probe, pause=0.5, now=lambda: self.now, run=self.started.append)

    def _probe(self) -> None:
        self.probes += 1
        if self.away:
            raise OSError("no answer")

    def finish_probes(self) -> None:
        while self.started:
            self.started.pop()()


@pytest.fixture
def thing() -> Dependency:
    return Dependency()


def test_a_dependency_that_answers_is_asked_and_never_probed(thing: Dependency) -> None:
    assert [thing.breaker.is_open() for _ in range(3)] == [False] * 3
    assert thing.started == []


def test_after_a_fault_nobody_asks_until_a_probe_has_had_an_answer(thing: Dependency) -> None:
    thing.breaker.trip()
    assert thing.breaker.is_open()
    assert thing.started == []  # it is too early for a probe
    thing.now += 0.5
    assert thing.breaker.is_open()
    thing.finish_probes()
    assert not thing.breaker.is_open()


def test_a_fault_of_long_ago_is_forgotten_without_a_probe(thing: Dependency) -> None:
    thing.breaker.trip()
    thing.now += 3600
    assert not thing.breaker.is_open()
    assert thing.started == []
    thing.breaker.trip()
    assert thing.breaker.is_open()


def test_callers_go_on_while_one_probe_runs(thing: Dependency) -> None:
    thing.breaker.trip()
    thing.now += 1
    assert [thing.breaker.is_open() for _ in range(5)] == [True] * 5
    assert len(thing.started) == 1


def test_a_probe_without_an_answer_keeps_it_open_and_is_repeated_after_the_pause(thing: Dependency) -> None:
    thing.away = True
    thing.breaker.trip()
    for _ in range(3):
        thing.now += 0.5
        assert thing.breaker.is_open()
        thing.finish_probes()
        assert thing.breaker.is_open()
        assert thing.started == []
    assert thing.probes == 3
    thing.away = False
    thing.now += 0.5
    thing.breaker.is_open()
    thing.finish_probes()
    assert not thing.breaker.is_open()


def test_a_probe_runs_in_the_background() -> None:
    import threading

    answered = threading.Event()
    breaker = Breaker("thing", answered.set, pause=0.0)
    breaker.trip()
    breaker.is_open()
    assert answered.wait(10)
