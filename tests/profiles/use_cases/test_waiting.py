"""An honest word on waiting: a range with its basis, or that nobody can say yet."""

from datetime import timedelta
from typing import Any

from services.events.matcher import MatchActivated
from tests.profiles.app_harness import Stage


def waited(stage: Stage, *hours: float) -> None:
    for number, hour in enumerate(hours):
        ids = {"match_id": f"m{number}", "programme_id": "cairn", "mentee_id": "a", "mentor_id": "b"}
        stage.hear(MatchActivated(**ids, waited_seconds=int(hour * 3600)))


def told(stage: Stage, **more: Any) -> dict[str, Any]:
    return dict(stage.mentee(**more).answer["waiting"])


def test_too_few_matches_promise_nothing(stage: Stage) -> None:
    waited(stage, 1, 2, 3, 4, 5, 6, 7)
    waiting = told(stage)
    assert waiting["range"] is None
    assert waiting["basis"] == {"matches": 7, "days": 90}
    assert "Too few" in waiting["words"]


def test_a_range_leaves_out_the_quickest_and_the_slowest_tenth(stage: Stage) -> None:
    waited(stage, 0.1, 5, 6, 7, 8, 9, 10, 11, 30, 900)
    waiting = told(stage)
    assert waiting["range"] == {"shortest_hours": 5, "longest_hours": 30}
    assert waiting["words"] == "For eight in ten of the last 10 people it took between 5 hours and 30 hours."


def test_the_same_match_heard_twice_counts_once(stage: Stage) -> None:
    waited(stage, 1, 2, 3)
    waited(stage, 1, 2, 3)
    assert told(stage)["basis"]["matches"] == 3


def test_old_waits_say_nothing_of_today(stage: Stage) -> None:
    waited(stage, *range(1, 11))
    stage.clock.forward(timedelta(days=91))
    assert told(stage)["basis"]["matches"] == 0


def test_arabic_counts_in_its_own_way(stage: Stage) -> None:
    waited(stage, *[1] * 5, *[2] * 5)
    words = told(stage, locale="ar")["words"]
    assert "ساعة واحدة" in words
    assert "ساعتين" in words
    assert "10 أشخاص" in words
