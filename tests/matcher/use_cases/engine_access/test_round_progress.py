"""A round on its way can be watched and stopped, by whoever it is that looks; and it has only so much time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.core.errors import Conflict, NotFound
from services.chassis.service.settings import load
from services.events.matcher import MatchProposed
from services.matcher.domain.records import Round
from services.matcher.domain.round import Decision, RoundResult, Snapshot, decide_round
from services.matcher.settings import Settings
from services.matcher.solver.column_generation import Watch
from services.matcher.solver.errors import RunCancelledError
from services.matcher.use_cases.engine_access.round_progress import RoundWatch
from services.matcher.use_cases.review_round import cancel_round
from services.matcher.use_cases.run_round import RoundTooLarge, RoundTooLong, run_round
from tests.matcher.greedy_solver import in_turn
from tests.matcher.scenario import PROGRAMME, World


def the_round(world: World) -> Round:
    with world.house.begin(read_only=True) as store:
        return store.rounds.listed(PROGRAMME, after=None, limit=1)[0]


def cancel(world: World) -> Round:
    return cancel_round(world.house, PROGRAMME, the_round(world).id, by="admin", reason="wrong weights")


def meanwhile(world: World, act: Callable[[], object]) -> Callable[[Snapshot], RoundResult]:
    """Decide in turn, but let something happen first, once."""

    def decide(snapshot: Snapshot) -> RoundResult:
        world.decide = in_turn
        act()
        return in_turn(snapshot)

    return decide


def test_a_round_cancelled_while_it_decides_asks_nobody_and_the_next_starts_afresh(world: World) -> None:
    world.mentor("mentor-b")
    mentee = world.mentee()
    world.decide = meanwhile(world, lambda: cancel(world))
    assert world.run() is None
    assert world.told(MatchProposed) == []
    cancelled = the_round(world)
    assert cancelled.state == "cancelled"
    world.forward(seconds=1)
    world.mentor("mentor-a")
    assert world.asked(mentee).mentor_id == "mentor-a", "who came meanwhile is seen"
    assert the_round(world).id != cancelled.id


def test_the_engine_stops_at_its_next_look_up(world: World) -> None:
    world.mentor(), world.mentee()
    stopped: list[str] = []

    def decide(snapshot: Snapshot, **_: Any) -> Decision:
        watch = RoundWatch(world.house, the_round(world), every=0.0)
        cancel(world)
        try:
            return decide_round(snapshot, watch=Watch(progress=watch.progress, cancelled=watch.cancelled))
        except RunCancelledError as error:
            stopped.append(str(error))
            raise

    assert run_round(world.house, world.terms, PROGRAMME, decide=decide) is None
    assert stopped == ["cancelled during features"]


def test_others_see_how_far_a_round_is(world: World) -> None:
    world.mentor(), world.mentee()
    seen: list[Round] = []

    def look() -> None:
        watch = RoundWatch(world.house, the_round(world), every=0.0)
        watch.progress("assign", 0.25)
        assert not watch.cancelled()
        seen.append(the_round(world))

    world.decide = meanwhile(world, look)
    world.run()
    assert [(one.state, one.step, one.share) for one in seen] == [("open", "assign", 0.25)]
    assert (the_round(world).state, the_round(world).step, the_round(world).share) == ("applied", None, None)


def test_a_watch_looks_up_only_every_so_often(world: World) -> None:
    world.mentor(), world.mentee()

    def look() -> None:
        watch = RoundWatch(world.house, the_round(world), every=3600.0)
        cancel(world)
        assert not watch.cancelled()
        assert RoundWatch(world.house, the_round(world), every=0.0).cancelled()

    world.decide = meanwhile(world, look)
    assert world.run() is None


def test_what_is_over_or_asks_mentors_already_is_not_cancelled(world: World) -> None:
    world.mentor(), world.mentee()
    world.rounds()
    with pytest.raises(Conflict, match="not running"):
        cancel(world)
    with world.house.begin() as store:
        store.rounds.move(the_round(world).id, "open")  # as it was between its first offers and its last
    with pytest.raises(Conflict, match="asking mentors already"):
        cancel(world)


def test_the_round_of_another_programme_is_not_known(world: World) -> None:
    world.mentor(), world.mentee()
    world.rounds()
    with pytest.raises(NotFound):
        cancel_round(world.house, "another", the_round(world).id, by="admin", reason="by mistake")


def test_a_round_that_takes_too_long_is_given_up_and_the_next_reads_afresh(world: World) -> None:
    world.mentor()
    mentee = world.mentee()
    hurried = replace(world.terms, round_time=timedelta(0))
    with pytest.raises(RoundTooLong):
        run_round(world.house, hurried, PROGRAMME)
    assert the_round(world).state == "given_up"
    assert world.told(MatchProposed) == []
    assert world.asked(mentee).mentee_id == mentee


def test_a_round_that_would_take_too_much_memory_is_given_up_before_it_does(world: World) -> None:
    world.mentor()
    mentee = world.mentee()
    modest = replace(world.terms, round_megabytes=0)
    with pytest.raises(RoundTooLarge, match=r"MB needed, 0 MB allowed \(ROUND_MEGABYTES\)"):
        run_round(world.house, modest, PROGRAMME)
    assert the_round(world).state == "given_up"
    assert world.told(MatchProposed) == []
    assert world.asked(mentee).mentee_id == mentee


def test_the_settings_say_what_a_round_may_take() -> None:
    environ = {"DATABASE_URL": "sqlite:////nowhere.db", "BROKER_URL": "embedded:////nowhere.db"}
    terms = load(Settings, environ | {"ROUND_MEGABYTES": "64", "ROUND_SECONDS": "7"}).terms
    assert (terms.round_megabytes, terms.round_time) == (64, timedelta(seconds=7))
