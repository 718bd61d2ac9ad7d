"""A round on its way can be watched and stopped, by any process; and it has only so much time."""

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
from tests.matcher.scenario import PROGRAMME, Scenario


def the_round(scenario: Scenario) -> Round:
    with scenario.database.begin(read_only=True) as store:
        return store.rounds.listed(PROGRAMME, after=None, limit=1)[0]


def cancel(scenario: Scenario) -> Round:
    return cancel_round(scenario.database, PROGRAMME, the_round(scenario).id, by="admin", reason="wrong weights")


def meanwhile(scenario: Scenario, act: Callable[[], object]) -> Callable[[Snapshot], RoundResult]:
    """Decide in turn, but let something happen first, once."""

    def decide(snapshot: Snapshot) -> RoundResult:
        scenario.decide = in_turn
        act()
        return in_turn(snapshot)

    return decide


def test_a_round_cancelled_while_it_decides_asks_nobody_and_the_next_starts_afresh(scenario: Scenario) -> None:
    scenario.mentor("mentor-b")
    mentee = scenario.mentee()
    scenario.decide = meanwhile(scenario, lambda: cancel(scenario))
    assert scenario.run() is None
    assert scenario.published(MatchProposed) == []
    cancelled = the_round(scenario)
    assert cancelled.state == "cancelled"
    scenario.forward(seconds=1)
    scenario.mentor("mentor-a")
    assert scenario.asked(mentee).mentor_id == "mentor-a", "who came meanwhile is seen"
    assert the_round(scenario).id != cancelled.id


def test_the_engine_stops_at_its_next_look_up(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee()
    stopped: list[str] = []

    def decide(snapshot: Snapshot, **_: Any) -> Decision:
        watch = RoundWatch(scenario.database, the_round(scenario), every=0.0)
        cancel(scenario)
        try:
            return decide_round(snapshot, watch=Watch(progress=watch.progress, cancelled=watch.cancelled))
        except RunCancelledError as error:
            stopped.append(str(error))
            raise

    assert run_round(scenario.database, scenario.terms, PROGRAMME, decide=decide) is None
    assert stopped == ["cancelled during features"]


def test_others_see_how_far_a_round_is(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee()
    seen: list[Round] = []

    def look() -> None:
        watch = RoundWatch(scenario.database, the_round(scenario), every=0.0)
        watch.progress("assign", 0.25)
        assert not watch.cancelled()
        seen.append(the_round(scenario))

    scenario.decide = meanwhile(scenario, look)
    scenario.run()
    assert [(one.state, one.step, one.share) for one in seen] == [("open", "assign", 0.25)]
    assert (the_round(scenario).state, the_round(scenario).step, the_round(scenario).share) == ("applied", None, None)


def test_a_watch_looks_up_only_every_so_often(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee()

    def look() -> None:
        watch = RoundWatch(scenario.database, the_round(scenario), every=3600.0)
        cancel(scenario)
        assert not watch.cancelled()
        assert RoundWatch(scenario.database, the_round(scenario), every=0.0).cancelled()

    scenario.decide = meanwhile(scenario, look)
    assert scenario.run() is None


def test_what_is_over_or_asks_mentors_already_is_not_cancelled(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee()
    scenario.rounds()
    with pytest.raises(Conflict, match="isn't running"):
        cancel(scenario)
    with scenario.database.begin() as store:
        store.rounds.move(the_round(scenario).id, "open")  # as it was between its first offers and its last
    with pytest.raises(Conflict, match="asking mentors already"):
        cancel(scenario)


def test_the_round_of_another_programme_is_not_known(scenario: Scenario) -> None:
    scenario.mentor(), scenario.mentee()
    scenario.rounds()
    with pytest.raises(NotFound):
        cancel_round(scenario.database, "another", the_round(scenario).id, by="admin", reason="by mistake")


def test_a_round_that_takes_too_long_is_given_up_and_the_next_reads_afresh(scenario: Scenario) -> None:
    scenario.mentor()
    mentee = scenario.mentee()
    hurried = replace(scenario.terms, round_time=timedelta(0))
    with pytest.raises(RoundTooLong):
        run_round(scenario.database, hurried, PROGRAMME)
    assert the_round(scenario).state == "given_up"
    assert scenario.published(MatchProposed) == []
    assert scenario.asked(mentee).mentee_id == mentee


def test_a_round_that_would_take_too_much_memory_is_given_up_before_it_does(scenario: Scenario) -> None:
    scenario.mentor()
    mentee = scenario.mentee()
    modest = replace(scenario.terms, round_megabytes=0)
    with pytest.raises(RoundTooLarge, match=r"MB needed, 0 MB allowed \(ROUND_MEGABYTES\)"):
        run_round(scenario.database, modest, PROGRAMME)
    assert the_round(scenario).state == "given_up"
    assert scenario.published(MatchProposed) == []
    assert scenario.asked(mentee).mentee_id == mentee


def test_settings_limit_the_time_and_memory_of_a_round() -> None:
    environ = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": "sqlite:////nowhere.db",
        "BROKER_URL": "embedded:////nowhere.db",
    }
    terms = load(Settings, environ | {"ROUND_MEGABYTES": "64", "ROUND_SECONDS": "7"}).terms
    assert (terms.round_megabytes, terms.round_time) == (64, timedelta(seconds=7))
