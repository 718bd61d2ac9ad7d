"""An open breaker refuses calls at once, and no caller waits for the probe."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.chassis.core.circuit_breaker import Breaker
from tests.support.patience import PATIENCE


class Dependency:
    """A dependency that can be away; its probes run when the test calls ``finish_probes``."""

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
def dependency() -> Dependency:
    return Dependency()


def test_a_dependency_that_answers_is_called_and_never_probed(dependency: Dependency) -> None:
    assert [dependency.breaker.is_open() for _ in range(3)] == [False] * 3
    assert dependency.started == []


def test_after_a_fault_calls_are_refused_until_a_probe_succeeds(dependency: Dependency) -> None:
    dependency.breaker.trip()
    assert dependency.breaker.is_open()
    assert dependency.started == []  # it is too early for a probe
    dependency.now += 0.5
    assert dependency.breaker.is_open()
    dependency.finish_probes()
    assert not dependency.breaker.is_open()


def test_an_old_fault_is_dropped_without_a_probe(dependency: Dependency) -> None:
    dependency.breaker.trip()
    dependency.now += 3600
    assert not dependency.breaker.is_open()
    assert dependency.started == []
    dependency.breaker.trip()
    assert dependency.breaker.is_open()


def test_callers_start_only_one_probe_and_do_not_wait(dependency: Dependency) -> None:
    dependency.breaker.trip()
    dependency.now += 1
    assert [dependency.breaker.is_open() for _ in range(5)] == [True] * 5
    assert len(dependency.started) == 1


def test_a_failed_probe_keeps_the_breaker_open_and_is_repeated_after_the_pause(dependency: Dependency) -> None:
    dependency.away = True
    dependency.breaker.trip()
    for _ in range(3):
        dependency.now += 0.5
        assert dependency.breaker.is_open()
        dependency.finish_probes()
        assert dependency.breaker.is_open()
        assert dependency.started == []
    assert dependency.probes == 3
    dependency.away = False
    dependency.now += 0.5
    dependency.breaker.is_open()
    dependency.finish_probes()
    assert not dependency.breaker.is_open()


def test_a_probe_runs_in_the_background() -> None:
    import threading

    answered = threading.Event()
    breaker = Breaker("thing", answered.set, pause=0.0)
    breaker.trip()
    breaker.is_open()
    assert answered.wait(PATIENCE)
