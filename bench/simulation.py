"""A year of a programme, week by week: people come, mentors say no or nothing, matches end, some ask again.

Pure: a seed gives the same year on any machine. Rounds are those of the engine; everything else is dice.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from deploy.demo.facts import mentee_facts, pool_of
from deploy.demo.population import programme
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.insights.equity import Journey
from services.matcher.domain.round import RoundResult, Snapshot, run_round
from services.matcher.domain.weights import Weights, default_weights

START = datetime(2025, 6, 2, 12, tzinfo=UTC)
WEEKS = 52
DECLINED, LAPSED = 0.12, 0.08  # of the proposals: the mentor says no, or nothing in time
ENDED_EARLY = 0.15  # of the matches: they end without having been what was hoped for, and the mentee asks again
WEEKS_OF = {"one_thing": 2, "a_few_chats": 8, "long_haul": 26}


@dataclass(frozen=True)
class Live:
    """A match that goes on."""

    mentee: Mentee
    mentor_id: str
    until: datetime
    hours: float  # waited before it


@dataclass
class Week:
    """What a week brought; ``waits`` in hours of those matched in it, ``optimal`` whether its round was proved best."""

    at: datetime
    came: int = 0
    matched: int = 0
    declined: int = 0
    lapsed: int = 0
    ended: int = 0
    waiting: int = 0
    waits: list[float] = field(default_factory=list)
    optimal: bool = True
    overdrawn: int = 0  # mentors with more people than places; never any


@dataclass
class Year:
    """A year so far.

    ``passed_over`` counts for each person the rounds in which a mentor who suits them had a place free and it went to
    others; ``eligible_since`` is the first round in which that or a proposal happened.
    """

    mentors: tuple[Mentor, ...]
    waiting: list[Mentee] = field(default_factory=list)
    live: list[Live] = field(default_factory=list)
    weeks: list[Week] = field(default_factory=list)
    over: list[Journey] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    eligible_since: dict[str, datetime] = field(default_factory=dict)
    longest_to_match: timedelta = timedelta(0)  # from the first round in which somebody could be matched to the match
    causes: dict[str, str] = field(default_factory=dict)  # why each of those who wait still waits

    def journeys(self) -> list[Journey]:
        """Every wait of the year, those that go on included; a match that goes on has not ended well or ill."""
        at = self.weeks[-1].at
        matched = [Journey(mentee=one.mentee, hours=one.hours, matched=True) for one in self.live]
        still = [Journey(mentee=one, hours=_hours(one, at), matched=False) for one in self.waiting]
        return [*self.over, *matched, *still]

    def longest_still_waiting(self) -> timedelta:
        """The longest wait that goes on, of those whom a mentor of the pool suits (with a place free or not)."""
        at, suited = self.weeks[-1].at, ("shortage", "capacity")
        mine = [one for one in self.waiting if self.causes.get(one.id) in suited]
        return max((at - one.facts.waiting_since for one in mine), default=timedelta(0))


def a_year(seed: int, *, mentees: int, mentors: int, weights: Weights | None = None) -> Year:
    """Live through a year in which ``mentees`` come, evenly spread."""
    dice = Random(f"year:{seed}")
    people = programme(seed, mentors, mentees)
    trained = START.date() + timedelta(days=800)
    _, offered = pool_of(people, at=START)
    year = Year(tuple(replace(one, facts=replace(one.facts, trained_until=trained)) for one in offered))
    for number in range(WEEKS):
        week = Week(at=START + timedelta(weeks=number))
        year.weeks.append(week)
        _end(year, week, dice)
        for n in range(mentees * number // WEEKS, mentees * (number + 1) // WEEKS):
            facts = mentee_facts(people.mentees[n], week.at - timedelta(hours=dice.randint(0, 167)))
            year.waiting.append(Mentee(id=f"e{n:05d}", programme="cairn", facts=facts))
            week.came += 1
        _match(year, week, weights or default_weights(), dice)
    return year


def _end(year: Year, week: Week, dice: Random) -> None:
    for one in [live for live in year.live if live.until <= week.at]:
        year.live.remove(one)
        week.ended += 1
        well = dice.random() >= ENDED_EARLY
        year.over.append(Journey(mentee=one.mentee, hours=one.hours, matched=True, ended_well=well))
        if not well:
            year.eligible_since.pop(one.mentee.id, None)
            facts = replace(one.mentee.facts, waiting_since=week.at)
            year.waiting.append(_tried(replace(one.mentee, facts=facts), one.mentor_id))


def _match(year: Year, week: Week, weights: Weights, dice: Random) -> None:
    """A round, and what people answer to it."""
    result = run_round(_snapshot(year, week.at, weights))
    week.optimal = result.certificate.optimal
    _remember(year, week.at, result)
    asked = {one.mentee_id: one.mentor_id for one in result.proposals}
    still: list[Mentee] = []
    for mentee in year.waiting:
        mentor_id, answer = asked.get(mentee.id), dice.random()
        if mentor_id is None:
            still.append(mentee)
        elif answer < DECLINED + LAPSED:
            week.declined += answer < DECLINED
            week.lapsed += answer >= DECLINED
            still.append(_tried(mentee, mentor_id))
        else:
            hours = _hours(mentee, week.at)
            until = week.at + timedelta(weeks=WEEKS_OF[mentee.facts.request_shape])
            year.live.append(Live(mentee, mentor_id, until, hours))
            year.longest_to_match = max(year.longest_to_match, week.at - year.eligible_since[mentee.id])
            week.waits.append(hours)
    year.waiting = still
    week.matched, week.waiting = len(week.waits), len(still)
    taken = Counter(one.mentor_id for one in year.live)
    week.overdrawn = sum(taken[one.id] > one.facts.capacity for one in year.mentors)


def _snapshot(year: Year, at: datetime, weights: Weights) -> Snapshot:
    shapes: dict[str, list[str]] = {}
    for one in year.live:
        shapes.setdefault(one.mentor_id, []).append(one.mentee.facts.request_shape)
    mentors = tuple(
        replace(one, taken=len(shapes.get(one.id, ())), shapes_taken=tuple(shapes.get(one.id, ())))
        for one in year.mentors
    )
    return Snapshot(programme="cairn", at=at, weights=weights, mentees=tuple(year.waiting), mentors=mentors)


def _remember(year: Year, at: datetime, result: RoundResult) -> None:
    short = [one.mentee_id for one in result.unmatched if one.cause == "shortage"]
    year.passed_over.update(short)
    for mentee_id in [*short, *(one.mentee_id for one in result.proposals)]:
        year.eligible_since.setdefault(mentee_id, at)
    year.causes = {one.mentee_id: one.cause for one in result.unmatched}


def _tried(mentee: Mentee, mentor_id: str) -> Mentee:
    """Seniority is kept, the mentor is not asked again."""
    return replace(mentee, excluded=mentee.excluded | {mentor_id}, tries=mentee.tries + 1)


def _hours(mentee: Mentee, at: datetime) -> float:
    return (at - mentee.facts.waiting_since).total_seconds() / 3600
