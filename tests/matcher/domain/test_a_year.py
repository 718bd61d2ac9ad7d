"""A year of a small programme, week by week: people come, mentors say no or nothing, matches end, places come back.

More people come than can be served at once, so that being passed over is possible at all.
"""

from functools import cache
from pathlib import Path

import pytest

from bench.simulation import WEEKS, Year, a_year
from bench.year import report
from services.matcher.domain.insights.equity import equity

pytestmark = pytest.mark.slow
PAGE = (Path(__file__).parents[3] / "docs" / "fairness.md").read_text(encoding="utf-8")


@cache
def small(seed: int) -> Year:
    return a_year(seed, mentees=208, mentors=20)


@pytest.mark.parametrize("seed", [1, 4])
def test_nobody_whom_somebody_free_suits_is_passed_over_for_ever(seed: int) -> None:
    year = small(seed)
    assert sum(week.matched for week in year.weeks) > 100
    assert sum(year.passed_over.values()) > 20, "the year was too easy to tell anything"
    assert max(year.passed_over.values()) <= 10


@pytest.mark.parametrize("seed", [1, 4])
def test_every_round_is_proved_and_no_mentor_has_more_people_than_places(seed: int) -> None:
    year = small(seed)
    assert len(year.weeks) == WEEKS
    assert all(week.optimal for week in year.weeks)
    assert not any(week.overdrawn for week in year.weeks)


def test_everybody_who_came_is_matched_or_waits_or_was_matched() -> None:
    year = small(1)
    came = {f"e{n:05d}" for n in range(208)}
    assert sum(week.came for week in year.weeks) == len(came)
    assert {one.mentee.id for one in year.journeys()} == came
    waiting = {one.id for one in year.waiting}
    assert not waiting & {one.mentee.id for one in year.live}
    assert len(waiting) == len(year.waiting) == year.weeks[-1].waiting


def test_declines_lapses_and_endings_happen_and_nobody_is_asked_twice_of_the_same_mentor() -> None:
    year = small(1)
    told = {name: sum(getattr(week, name) for week in year.weeks) for name in ("declined", "lapsed", "ended")}
    assert all(count > 5 for count in told.values()), told
    assert all(one.mentor_id not in one.mentee.excluded for one in year.live)
    assert any(one.mentee.tries > 1 for one in year.journeys())


def test_half_of_those_who_are_matched_wait_a_week_at_most() -> None:
    matched = [one for one in small(1).journeys() if one.matched]
    told = equity(matched)
    assert told[0].median_wait is not None
    assert told[0].median_wait <= 24 * 7


def test_the_year_of_docs_fairness_is_the_engines_own() -> None:
    asked = "python -m bench.year --seed 1 --mentees 400 --mentors 40"
    assert asked in PAGE
    told = PAGE.split("```text\n")[1].split("```")[0].splitlines()
    assert [line.rstrip() for line in report(a_year(1, mentees=400, mentors=40))] == told
