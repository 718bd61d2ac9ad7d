"""A year of a small programme, week by week: sign-ups, declines, expired offers, endings, free places.

More people sign up than can be served at once, so that being passed over is possible at all.
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
def test_no_mentee_with_a_free_suitable_mentor_is_passed_over_forever(seed: int) -> None:
    year = small(seed)
    assert sum(week.matched for week in year.weeks) > 100
    assert sum(year.passed_over.values()) > 20, "the year was too easy to show anything"
    assert max(year.passed_over.values()) <= 10


@pytest.mark.parametrize("seed", [1, 4])
def test_every_round_is_proved_optimal_and_keeps_within_places(seed: int) -> None:
    year = small(seed)
    assert len(year.weeks) == WEEKS
    assert all(week.optimal for week in year.weeks)
    assert not any(week.overdrawn for week in year.weeks)


def test_everyone_who_signed_up_is_matched_or_waits_or_was_matched() -> None:
    year = small(1)
    came = {f"e{n:05d}" for n in range(208)}
    assert sum(week.came for week in year.weeks) == len(came)
    assert {journey.mentee.id for journey in year.journeys()} == came
    waiting = {mentee.id for mentee in year.waiting}
    assert not waiting & {live.mentee.id for live in year.live}
    assert len(waiting) == len(year.waiting) == year.weeks[-1].waiting


def test_declines_lapses_and_endings_happen_and_no_pair_is_proposed_twice() -> None:
    year = small(1)
    counts = {name: sum(getattr(week, name) for week in year.weeks) for name in ("declined", "lapsed", "ended")}
    assert all(count > 5 for count in counts.values()), counts
    assert all(live.mentor_id not in live.mentee.excluded for live in year.live)
    assert any(journey.mentee.tries > 1 for journey in year.journeys())


def test_half_of_the_matched_mentees_wait_a_week_at_most() -> None:
    matched = [journey for journey in small(1).journeys() if journey.matched]
    counts = equity(matched)
    assert counts[0].median_wait is not None
    assert counts[0].median_wait <= 24 * 7


def test_the_year_in_docs_fairness_is_the_engines_output() -> None:
    asked = "python -m bench.year --seed 1 --mentees 400 --mentors 40"
    assert asked in PAGE
    counts = PAGE.split("```text\n")[1].split("```")[0].splitlines()
    assert [line.rstrip() for line in report(a_year(1, mentees=400, mentors=40))] == counts
