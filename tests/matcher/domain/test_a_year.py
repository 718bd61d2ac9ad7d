"""A year of a small programme, week by week: people come, mentors say no or nothing, matches end, places come back.

More people come than can be served at once, so that being passed over is possible at all.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from deploy.demo.facts import mentee_facts, pool_of
from deploy.demo.population import programme
from services.matcher.domain.insights.equity import Journey, equity
from services.matcher.domain.people import Mentee, Mentor
from services.matcher.domain.round import Snapshot, run_round
from services.matcher.domain.weights import default_weights

pytestmark = pytest.mark.slow

START = datetime(2025, 6, 2, 12, tzinfo=UTC)
WEEKS, MENTORS, COMING = 52, 20, 4


@dataclass
class Live:
    mentee: Mentee
    mentor_id: str
    until: datetime


@dataclass
class Year:
    waiting: list[Mentee]
    live: list[Live]
    journeys: list[Journey]
    passed_over: Counter[str]  # how often somebody suitable had a place free, and it went to others


def a_year(seed: int) -> Year:
    dice = Random(seed)
    people = programme(seed, MENTORS, WEEKS * COMING)
    _, mentors = pool_of(people, at=START)
    mentors = tuple(
        replace(m, facts=replace(m.facts, trained_until=START.date() + timedelta(days=800))) for m in mentors
    )
    year = Year([], [], [], Counter())
    for week in range(WEEKS):
        at = START + timedelta(weeks=week)
        year.live = [one for one in year.live if one.until > at]
        coming = people.mentees[week * COMING : (week + 1) * COMING]
        year.waiting += [
            Mentee(
                id=f"e{week:02d}{n}",
                programme="cairn",
                facts=mentee_facts(body, at - timedelta(hours=dice.randint(0, 150))),
            )
            for n, body in enumerate(coming)
        ]
        step(year, mentors, at, dice)
    return year


def step(year: Year, mentors: tuple[Mentor, ...], at: datetime, dice: Random) -> None:
    taken = {m.id: [one for one in year.live if one.mentor_id == m.id] for m in mentors}
    now = tuple(
        replace(m, taken=len(taken[m.id]), shapes_taken=tuple(x.mentee.facts.request_shape for x in taken[m.id]))
        for m in mentors
    )
    result = run_round(
        Snapshot(programme="cairn", at=at, weights=default_weights(), mentees=tuple(year.waiting), mentors=now)
    )
    assert result.certificate.optimal
    year.passed_over.update(one.mentee_id for one in result.unmatched if one.cause == "shortage")
    asked = {one.mentee_id: one.mentor_id for one in result.proposals}
    still: list[Mentee] = []
    for mentee in year.waiting:
        mentor_id = asked.get(mentee.id)
        if mentor_id is None:
            still.append(mentee)
        elif dice.random() < 0.2:  # declined or lapsed: seniority kept, somebody else next time
            still.append(replace(mentee, excluded=mentee.excluded | {mentor_id}, tries=mentee.tries + 1))
        else:
            length = {"one_thing": 2, "a_few_chats": 8, "long_haul": 26}[mentee.facts.request_shape]
            year.live.append(Live(mentee, mentor_id, at + timedelta(weeks=length)))
            hours = (at - mentee.facts.waiting_since).total_seconds() / 3600
            year.journeys.append(Journey(mentee=mentee, hours=hours, matched=True))
    year.waiting = still
    for mentor in mentors:
        assert sum(one.mentor_id == mentor.id for one in year.live) <= mentor.facts.capacity


@pytest.mark.parametrize("seed", [1, 4])
def test_nobody_whom_somebody_free_suits_is_passed_over_for_ever(seed: int) -> None:
    year = a_year(seed)
    assert len(year.journeys) > 100
    assert sum(year.passed_over.values()) > 20, "the year was too easy to tell anything"
    assert max(year.passed_over.values()) <= 8


def test_half_of_those_who_are_matched_wait_a_week_at_most() -> None:
    told = equity(a_year(1).journeys)
    assert told[0].median_wait is not None
    assert told[0].median_wait <= 24 * 7
