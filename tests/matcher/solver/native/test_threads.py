"""Slices run exactly once, on no more threads than useful, and every exception is raised."""

import os
import threading

import pytest

from services.matcher.solver.native import Slice, share_out, threads_for
from tests.support.patience import PATIENCE


def nothing(_: float) -> None:
    """Do nothing."""


@pytest.mark.parametrize(
    ("slices", "asked", "offered", "lanes"),
    [(9, None, 8, 2), (9, None, 2, 2), (9, None, 1, 1), (1, None, 8, 1), (0, None, 8, 1), (9, 5, 1, 5), (3, 5, 8, 3),
     (0, 5, 8, 1), (9, 1, 8, 1)],
)  # fmt: skip
def test_threads_are_what_was_asked_for_or_what_is_there_and_never_idle(
    slices: int, asked: int | None, offered: int, lanes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(offered)), raising=False)
    assert threads_for(slices, asked) == lanes


def test_without_an_affinity_mask_processors_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    for counted, lanes in ((None, 1), (1, 1), (6, 2)):
        monkeypatch.setattr(os, "cpu_count", lambda counted=counted: counted)
        assert threads_for(9, None) == lanes


@pytest.mark.parametrize("lanes", [1, 2, 4])
def test_without_slices_pause_is_called_once_and_no_work_runs(lanes: int) -> None:
    asked: list[float] = []
    share_out([], lanes, lambda *_: pytest.fail("there is nothing to do"), asked.append)
    assert asked == [0.0]


def test_one_lane_runs_slices_in_order_with_pause_before_each() -> None:
    calls: list[object] = []
    slices: list[Slice] = [(0, 3), (3, 4), (4, 9), (9, 10)]
    share_out(slices, 1, lambda lane, one: calls.append((lane, one)), calls.append)
    expected = [part for share, one in zip((0.0, 0.25, 0.5, 0.75), slices, strict=True) for part in (share, (0, one))]
    assert calls == [0.0, *expected]


def test_lanes_run_at_the_same_time_and_only_the_first_calls_pause() -> None:
    """Three slices that wait for one another are done only where three threads work at once."""
    meeting = threading.Barrier(3, timeout=PATIENCE)
    seen: dict[int, int] = {}
    askers: set[int] = set()

    def work(lane: int, _: Slice) -> None:
        seen[lane] = threading.get_ident()
        meeting.wait()

    share_out([(0, 1), (1, 2), (2, 3)], 3, work, lambda _: askers.add(threading.get_ident()))
    assert sorted(seen) == [0, 1, 2]
    assert len(set(seen.values())) == 3
    assert askers == {seen[0]} == {threading.get_ident()}


@pytest.mark.parametrize("faulty", [0, 1])
def test_a_fault_in_any_lane_is_raised_after_all_others_have_ended(faulty: int) -> None:
    meeting = threading.Barrier(2, timeout=PATIENCE)
    before = threading.active_count()
    done: list[int] = []

    def work(lane: int, one: Slice) -> None:
        if one[0] < 2:  # the first slice of both
            meeting.wait()
            if lane == faulty:
                raise MemoryError("no room")
        done.append(one[0])

    with pytest.raises(MemoryError, match="no room"):
        share_out([(at, at + 1) for at in range(200_000)], 2, work, nothing)
    assert len(done) < 199_999
    assert threading.active_count() <= before


def test_pause_may_stop_before_any_work() -> None:
    class Stop(Exception):
        """Enough."""

    def enough(_: float) -> None:
        raise Stop

    with pytest.raises(Stop):
        share_out([(0, 1)], 2, lambda *_: pytest.fail("nobody may begin"), enough)
