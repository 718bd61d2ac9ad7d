"""A process is unready without a needed dependency, degraded without an optional one; no probe blocks the report."""

from __future__ import annotations

import threading

from services.chassis.service.health import Check, Health
from tests.chassis.running import until


def fail() -> None:
    raise ConnectionError("at db.internal with password SECRET")


def check(probe: object, *, needed: bool = True, name: str = "database") -> Check:
    assert callable(probe)
    return Check(name, probe, needed)


def test_a_process_with_all_its_dependencies_is_ok() -> None:
    assert Health([check(lambda: None), check(lambda: True, name="broker")]).report() == (
        "ok",
        {"database": "ok", "broker": "ok"},
    )


def test_a_failed_needed_check_makes_it_unready_and_shows_only_the_error_class() -> None:
    assert Health([check(fail)]).report() == ("unready", {"database": "ConnectionError"})
    assert Health([check(lambda: False)]).report() == ("unready", {"database": "not well"})


def test_a_failed_optional_check_makes_it_degraded() -> None:
    checks = [check(lambda: None), check(fail, needed=False, name="broker")]
    assert Health(checks).report() == ("degraded", {"database": "ok", "broker": "ConnectionError"})


def test_a_hanging_probe_counts_as_failed_and_is_not_started_twice() -> None:
    started: list[str] = []
    release = threading.Event()

    def hang() -> None:
        started.append("x")
        release.wait()

    health = Health([check(hang), check(lambda: None, name="broker")], timeout=0.02, cache_seconds=0.0)
    expected = "unready", {"database": "no answer in time", "broker": "ok"}
    try:
        for _ in range(3):
            until(lambda: health.report() == expected)  # the broker's probe too may be late on a busy machine
        assert started == ["x"]
    finally:
        release.set()


def test_a_report_is_cached_for_a_moment() -> None:
    probes: list[str] = []
    health = Health([check(lambda: probes.append("x"))], cache_seconds=3600)
    assert health.report() == health.report()
    assert probes == ["x"]
