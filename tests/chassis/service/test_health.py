"""A process is unready without what it needs, degraded without what it can spare, and never hangs on a probe."""

from __future__ import annotations

import threading

from services.chassis.service.health import Check, Health


def away() -> None:
    raise ConnectionError("at db.internal with password SECRET")


def check(probe: object, *, needed: bool = True, name: str = "database") -> Check:
    assert callable(probe)
    return Check(name, probe, needed)


def test_all_is_well() -> None:
    assert Health([check(lambda: None), check(lambda: True, name="broker")]).report() == (
        "ok",
        {"database": "ok", "broker": "ok"},
    )


def test_without_what_it_needs_it_is_unready_and_does_not_say_more_than_the_class() -> None:
    assert Health([check(away)]).report() == ("unready", {"database": "ConnectionError"})
    assert Health([check(lambda: False)]).report() == ("unready", {"database": "not well"})


def test_without_what_it_can_spare_it_is_degraded() -> None:
    checks = [check(lambda: None), check(away, needed=False, name="broker")]
    assert Health(checks).report() == ("degraded", {"database": "ok", "broker": "ConnectionError"})


def test_a_probe_that_hangs_is_away_and_is_not_started_twice() -> None:
    started: list[str] = []
    free = threading.Event()

    def hang() -> None:
        started.append("x")
        free.wait()

    health = Health([check(hang), check(lambda: None, name="broker")], patience=0.02, keep=0.0)
    try:
        for _ in range(3):
            assert health.report() == ("unready", {"database": "no answer in time", "broker": "ok"})
        assert started == ["x"]
    finally:
        free.set()


def test_an_answer_is_remembered_for_a_moment() -> None:
    asked: list[str] = []
    health = Health([check(lambda: asked.append("x"))], keep=3600)
    assert health.report() == health.report()
    assert asked == ["x"]
