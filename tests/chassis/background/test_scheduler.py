"""Ticks run at their intervals, never overlap, and run in one process at a time."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.background.scheduler import Scheduler, Tick
from tests.chassis.running import running, until
from tests.chassis.shop import open_shop

OFTEN = timedelta(milliseconds=10)


@pytest.fixture
def engine_with_tables(engine: sa.Engine) -> sa.Engine:
    open_shop(engine)
    return engine


def scheduler(engine: sa.Engine, *ticks: Tick) -> Scheduler:
    return Scheduler(engine, ticks, check_every=0.005)


def test_a_tick_runs_at_its_interval(engine_with_tables: sa.Engine) -> None:
    often: list[str] = []
    seldom: list[str] = []
    ticks = (
        Tick("often", OFTEN, lambda: often.append("x")),
        Tick("seldom", timedelta(hours=1), lambda: seldom.append("x")),
    )
    with running(scheduler(engine_with_tables, *ticks).run):
        until(lambda: len(often) >= 3)
    assert len(seldom) == 1


def test_a_failing_tick_runs_again_and_does_not_stop_others(engine_with_tables: sa.Engine) -> None:
    tried: list[str] = []
    others: list[str] = []

    def wrong() -> None:
        tried.append("x")
        raise KeyError

    with running(
        scheduler(engine_with_tables, Tick("a", OFTEN, wrong), Tick("b", OFTEN, lambda: others.append("x"))).run
    ):
        until(lambda: len(tried) >= 2 and len(others) >= 2)


def test_two_schedulers_never_overlap_and_the_second_takes_over(engine_with_tables: sa.Engine) -> None:
    inside: list[str] = []
    overlaps: list[str] = []
    ran: list[str] = []

    def tick(name: str) -> None:
        overlaps.extend(inside)
        inside.append(name)
        threading.Event().wait(0.01)
        inside.remove(name)
        ran.append(name)

    first, second = (
        scheduler(engine_with_tables, Tick("t", timedelta(), lambda name=name: tick(name)))  # type: ignore[misc]
        for name in ("first", "second")
    )
    with running(second.run):
        with running(first.run):
            until(lambda: len(ran) >= 4)
            assert len(set(ran)) == 1
        ran.clear()
        until(lambda: "second" in ran)
    assert overlaps == []
