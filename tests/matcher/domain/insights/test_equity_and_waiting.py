from datetime import timedelta

import pytest

from services.matcher.domain.candidates import Mentee
from services.matcher.domain.insights.disclosure_control import TOGETHER, Group
from services.matcher.domain.insights.equity import EVERYBODY, GroupEquity, Journey, equity
from services.matcher.domain.insights.statistics import survival_quantile, wilson
from services.matcher.domain.insights.wait_estimate import Wait, estimate_wait
from services.matcher.domain.weights import default_weights
from tests.support.people import NOW, a_mentee, spoken


def journeys(language: str, hours: list[float], matched: bool = True, ended_well: bool | None = None) -> list[Journey]:
    mentee = a_mentee(languages=spoken(language))
    return [Journey(mentee=mentee, hours=waited, matched=matched, ended_well=ended_well) for waited in hours]


def test_a_group_that_waits_half_as_long_again_raises_an_alert() -> None:
    rows = {row.group: row for row in equity([*journeys("en", [10.0] * 12), *journeys("es-MX", [15.0] * 6)])}
    assert not rows[Group("language", "en")].alert
    assert rows[Group("language", "es")].alert
    assert rows[Group("language", "es")].median_wait == 15.0


def test_people_who_still_wait_count_in_the_median() -> None:
    rows = equity([*journeys("en", [5.0] * 6), *journeys("en", [40.0] * 8, matched=False)])
    assert rows[0].group == EVERYBODY
    assert rows[0].median_wait == 40.0
    assert rows[0].match_rate == pytest.approx(6 / 14)


def test_a_small_group_shows_no_number_at_all() -> None:
    rows = {row.group: row for row in equity([*journeys("en", [1.0] * 9), *journeys("so", [99.0] * 4)])}
    small = rows[Group("language", "so")]
    assert (small.people, small.match_rate, small.interval, small.median_wait, small.alert) == (
        None,
        None,
        None,
        None,
        False,
    )


def test_a_small_group_cannot_be_computed_from_the_others_and_all_people() -> None:
    rows = {
        row.group: row
        for row in equity([*journeys("en", [1.0] * 9), *journeys("es", [2.0] * 7), *journeys("so", [99.0] * 4)])
    }
    assert rows[EVERYBODY].people == 20
    assert rows[Group("language", "en")].people == 9
    assert rows[Group("language", "es")].people is None, "20 less 9 less 7 would reveal the four"
    together = rows[Group("language", TOGETHER)]
    assert (together.people, together.median_wait) == (11, 2.0)


def test_a_small_number_of_ended_matches_cannot_be_computed() -> None:
    ended = {"en": 9, "es": 7, "so": 2}
    some = [
        one
        for tag, count in ended.items()
        for one in [*journeys(tag, [1.0] * count, ended_well=True), *journeys(tag, [1.0] * 9)]
    ]
    rows = {one.group: one for one in equity(some)}
    assert all(rows[Group("language", tag)].people == count + 9 for tag, count in ended.items())
    shown = {tag: rows[Group("language", tag)].survival for tag in ended}
    assert shown == {"en": 1.0, "es": None, "so": None}, "18 ended less 9 less 7 would reveal the two"
    assert rows[EVERYBODY].survival == 1.0


def test_fewer_than_five_people_get_no_numbers() -> None:
    assert equity(journeys("en", [1.0] * 4)) == (GroupEquity(group=EVERYBODY),)


def test_how_matches_ended_is_hidden_where_few_ended() -> None:
    few = equity([*journeys("en", [1.0] * 4, ended_well=True), *journeys("en", [1.0] * 9)])
    many = equity([*journeys("en", [1.0] * 3, ended_well=True), *journeys("en", [1.0] * 3, ended_well=False)])
    assert few[0].survival is None
    assert many[0].survival == 0.5


def test_an_interval_is_wide_for_few_people_and_narrow_for_many() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)  # Wilson's own formula, worked by hand
    few, many = wilson(8, 10), wilson(800, 1000)
    assert many[1] - many[0] < few[1] - few[0]


def test_survival_treats_people_who_left_as_censored() -> None:
    # Of four, one is matched at 1, one leaves at 2, then half of the two left are matched at 3.
    waits = [(1.0, True), (2.0, False), (3.0, True), (4.0, False)]
    assert survival_quantile(waits, 0.25) == 1.0
    assert survival_quantile(waits, 0.5) == 3.0
    assert survival_quantile(waits, 0.75) is None


def newcomer(*languages: str) -> Mentee:
    return waiting(0, *languages)


def waiting(days: int, *languages: str) -> Mentee:
    return a_mentee(languages=spoken(*languages), waited=timedelta(days=days))


def test_the_estimate_for_a_newcomer_comes_from_similar_people() -> None:
    waits = [Wait("standard", "es", hours, True) for hours in (10, 20, 30, 40, 50, 60, 70, 80)]
    waits += [Wait("standard", "en", 5.0, True)] * 20
    estimate = estimate_wait(newcomer("es-MX"), default_weights(), NOW, waits)
    assert (estimate.low, estimate.high, estimate.basis, estimate.people) == (20, 60, "similar", 8)
    assert (estimate.since, estimate.waited, estimate.past) == (NOW, 0, False)


def test_without_enough_history_the_range_is_wider_and_then_the_promise() -> None:
    waits = [Wait("standard", "es", 10.0, True)] * 3 + [Wait("standard", "en", 30.0, True)] * 3
    spanish = newcomer("es")
    assert estimate_wait(spanish, default_weights(), NOW, waits).basis == "lane"
    estimate = estimate_wait(spanish, default_weights(), NOW, waits[:4])
    assert (estimate.low, estimate.high, estimate.basis, estimate.people) == (0.0, 336.0, "promise", 0)


def test_people_who_have_waited_are_compared_with_longer_waits() -> None:
    short, long = ([Wait("standard", "es", 24.0 * days, True) for days in range(*ends)] for ends in ((1, 9), (21, 29)))
    after_20 = estimate_wait(waiting(20, "es"), default_weights(), NOW, short + long)
    assert (after_20.low, after_20.high, after_20.people) == (22 * 24, 26 * 24, 8)
    after_90 = estimate_wait(waiting(90, "es"), default_weights(), NOW, short + long)
    assert (after_90.low, after_90.high, after_90.basis, after_90.people) == (90 * 24, None, "promise", 0)
    assert (after_20.past, after_90.past) == (True, True)


def test_open_waits_count_as_long_as_they_have_lasted() -> None:
    over = [Wait("standard", "es", 24.0 * days, True) for days in range(21, 29)]
    still = [Wait("standard", "es", 24.0 * 40, False)] * 8
    estimate = estimate_wait(waiting(20, "es"), default_weights(), NOW, over + still)
    assert (estimate.low, estimate.high, estimate.people) == (24 * 24, None, 16)


def test_a_second_try_is_compared_with_second_tries_from_the_end_of_the_first() -> None:
    first = [Wait("standard", "es", 500.0 + hours, True) for hours in range(8)]
    second = [Wait("standard", "es", 10.0 * hours, True, again=True) for hours in range(1, 9)]
    tried = waiting(10, "es")
    estimate = estimate_wait(tried, default_weights(), NOW, first + second, again_since=NOW - timedelta(hours=5))
    assert (estimate.low, estimate.high, estimate.people, estimate.since) == (20, 60, 8, NOW - timedelta(hours=5))
    alone = estimate_wait(tried, default_weights(), NOW, first, again_since=NOW - timedelta(hours=5))
    assert (alone.basis, alone.high, alone.past) == ("promise", 5 + 4 * 24, False), "the promise counts from sign-up"
