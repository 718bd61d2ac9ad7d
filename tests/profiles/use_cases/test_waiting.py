"""The waiting time: a range with the number of matches it is based on, or none when they are too few."""

from datetime import timedelta
from typing import Any

from services.events.matcher import MatchActivated
from tests.profiles.app_harness import Stage


def record_waits(stage: Stage, *hours: float) -> None:
    for number, hour in enumerate(hours):
        ids = {"match_id": f"m{number}", "programme_id": "cairn", "mentee_id": "a", "mentor_id": "b"}
        stage.handle(MatchActivated(**ids, waited_seconds=int(hour * 3600)))


def waiting_answer(stage: Stage, **more: Any) -> dict[str, Any]:
    return dict(stage.mentee(**more).answer["waiting"])


def test_too_few_matches_give_no_range(stage: Stage) -> None:
    record_waits(stage, 1, 2, 3, 4, 5, 6, 7)
    waiting = waiting_answer(stage)
    assert waiting["range"] is None
    assert waiting["basis"] == {"matches": 7, "days": 90}
    assert "too few" in waiting["words"]


def test_a_range_leaves_out_the_quickest_and_the_slowest_tenth(stage: Stage) -> None:
    record_waits(stage, 0.1, 5, 6, 7, 8, 9, 10, 11, 30, 900)
    waiting = waiting_answer(stage)
    assert waiting["range"] == {"shortest_hours": 5, "longest_hours": 30}
    assert waiting["words"] == "For 8 in 10 of the last 10 people, it took between 5 hours and 30 hours."


def test_a_repeated_event_counts_once(stage: Stage) -> None:
    record_waits(stage, 1, 2, 3)
    record_waits(stage, 1, 2, 3)
    assert waiting_answer(stage)["basis"]["matches"] == 3


def test_old_waits_do_not_count(stage: Stage) -> None:
    record_waits(stage, *range(1, 11))
    stage.clock.forward(timedelta(days=91))
    assert waiting_answer(stage)["basis"]["matches"] == 0


def test_arabic_uses_its_own_plural_forms(stage: Stage) -> None:
    record_waits(stage, *[1] * 5, *[2] * 5)
    words = waiting_answer(stage, locale="ar")["words"]
    assert "ساعة واحدة" in words
    assert "ساعتين" in words
    assert "10 أشخاص" in words
