from datetime import UTC, datetime

from services.matcher.domain.criteria.weekly_hours import ANY_TIME, free_slots
from tests.support.people import free_on

MONDAY, WEDNESDAY, SUNDAY = 0, 2, 6


def hours(slots: int) -> list[tuple[int, int]]:
    return [divmod(slot, 24) for slot in range(168) if slots >> slot & 1]


def test_no_window_means_any_time() -> None:
    assert free_slots((), "Asia/Tokyo", datetime(2030, 1, 30, tzinfo=UTC)) == ANY_TIME


def test_an_evening_in_tokyo_is_a_morning_in_utc() -> None:
    slots = free_slots((free_on("wed", 18, 20),), "Asia/Tokyo", datetime(2030, 1, 28, tzinfo=UTC))
    assert hours(slots) == [(WEDNESDAY, 9), (WEDNESDAY, 10)]


def test_a_window_may_fall_on_another_day_in_utc() -> None:
    slots = free_slots((free_on("sun", 22, 24),), "America/New_York", datetime(2030, 1, 30, tzinfo=UTC))
    assert hours(slots) == [(MONDAY, 3), (MONDAY, 4)]


def test_clocks_change_on_the_day_they_change() -> None:
    # London moves its clocks on Sunday 31 March 2030; the round is on the Thursday before.
    windows = (free_on("fri", 18, 19), free_on("mon", 18, 19))
    slots = free_slots(windows, "Europe/London", datetime(2030, 3, 28, 12, tzinfo=UTC))
    assert hours(slots) == [(MONDAY, 17), (4, 18)]


def test_half_hour_zones_keep_the_length_of_a_window() -> None:
    slots = free_slots((free_on("wed", 18, 19),), "Asia/Kolkata", datetime(2030, 1, 28, tzinfo=UTC))
    assert hours(slots) == [(WEDNESDAY, 13)]
