"""Simulate a year of a programme, week by week: sign-ups, rounds, answers of mentors, ends of matches.

Deterministic: a seed gives the same year on any machine. Rounds are real; everything else is random.
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
DECLINED, LAPSED = 0.12, 0.08  # shares of proposals: declined, and not answered in time
ENDED_EARLY = 0.15  # share of matches that end badly, after which the mentee asks again
WEEKS_OF = {"one_thing": 2, "a_few_chats": 8, "long_haul": 26}


@dataclass(frozen=True)
class Live:
    """An active match."""

    mentee: Mentee
    mentor_id: str
    until: datetime
    hours: float  # waited before the match


@dataclass
class Week:
    """Counts of a week; ``waits`` are hours of those matched, ``optimal`` whether the round was proved optimal."""

    at: datetime
    came: int = 0
    matched: int = 0
    declined: int = 0
    lapsed: int = 0
    ended: int = 0
    waiting: int = 0
    waits: list[float] = field(default_factory=list)
    optimal: bool = True
    overdrawn: int = 0  # mentors with more matches than places; must be 0


@dataclass
class Year:
    """The state of a simulated year.

    ``passed_over`` counts, for each mentee, the rounds in which an eligible mentor had an open place that went to
    someone else; ``eligible_since`` is the first round with that or with a proposal.
    """

    mentors: tuple[Mentor, ...]
    waiting: list[Mentee] = field(default_factory=list)
    live: list[Live] = field(default_factory=list)
    weeks: list[Week] = field(default_factory=list)
    over: list[Journey] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    eligible_since: dict[str, datetime] = field(default_factory=dict)
    longest_to_match: timedelta = timedelta(0)  # from a mentee's first possible round to their match
    causes: dict[str, str] = field(default_factory=dict)  # cause of each present wait, by mentee

    def journeys(self) -> list[Journey]:
        """Return every wait of the year, present ones included; active matches have no ending."""
        at = self.weeks[-1].at
        matched = [Journey(mentee=live.mentee, hours=live.hours, matched=True) for live in self.live]
        still = [Journey(mentee=mentee, hours=_hours(mentee, at), matched=False) for mentee in self.waiting]
        return [*self.over, *matched, *still]

    def longest_still_waiting(self) -> timedelta:
        """Return the longest present wait of mentees with an eligible mentor (with or without an open place)."""
        at, causes = self.weeks[-1].at, ("shortage", "capacity")
        suited_mentees = [mentee for mentee in self.waiting if self.causes.get(mentee.id) in causes]
        return max((at - mentee.facts.waiting_since for mentee in suited_mentees), default=timedelta(0))


def a_year(seed: int, *, mentees: int, mentors: int, weights: Weights | None = None) -> Year:
    """Simulate a year in which ``mentees`` sign up, evenly spread; return it."""
    rng = Random(f"year:{seed}")
    people = programme(seed, mentors, mentees)
    trained = START.date() + timedelta(days=800)
    _, offered = pool_of(people, at=START)
    year = Year(tuple(replace(mentor, facts=replace(mentor.facts, trained_until=trained)) for mentor in offered))
    for number in range(WEEKS):
        week = Week(at=START + timedelta(weeks=number))
        year.weeks.append(week)
        _end(year, week, rng)
        for n in range(mentees * number // WEEKS, mentees * (number + 1) // WEEKS):
            facts = mentee_facts(people.mentees[n], week.at - timedelta(hours=rng.randint(0, 167)))
            year.waiting.append(Mentee(id=f"e{n:05d}", programme="cairn", facts=facts))
            week.came += 1
        _match(year, week, weights or default_weights(), rng)
    return year


def _end(year: Year, week: Week, rng: Random) -> None:
    for match in [live for live in year.live if live.until <= week.at]:
        year.live.remove(match)
        week.ended += 1
        well = rng.random() >= ENDED_EARLY
        year.over.append(Journey(mentee=match.mentee, hours=match.hours, matched=True, ended_well=well))
        if not well:
            year.eligible_since.pop(match.mentee.id, None)
            facts = replace(match.mentee.facts, waiting_since=week.at)
            year.waiting.append(_after_no(replace(match.mentee, facts=facts), match.mentor_id))


def _match(year: Year, week: Week, weights: Weights, rng: Random) -> None:
    """Run a round and draw the answers to its proposals."""
    result = run_round(_snapshot(year, week.at, weights))
    week.optimal = result.certificate.proves_optimal
    _record_causes(year, week.at, result)
    asked = {proposal.mentee_id: proposal.mentor_id for proposal in result.proposals}
    still: list[Mentee] = []
    for mentee in year.waiting:
        mentor_id, answer = asked.get(mentee.id), rng.random()
        if mentor_id is None:
            still.append(mentee)
        elif answer < DECLINED + LAPSED:
            week.declined += answer < DECLINED
            week.lapsed += answer >= DECLINED
            still.append(_after_no(mentee, mentor_id))
        else:
            hours = _hours(mentee, week.at)
            until = week.at + timedelta(weeks=WEEKS_OF[mentee.facts.request_shape])
            year.live.append(Live(mentee, mentor_id, until, hours))
            year.longest_to_match = max(year.longest_to_match, week.at - year.eligible_since[mentee.id])
            week.waits.append(hours)
    year.waiting = still
    week.matched, week.waiting = len(week.waits), len(still)
    taken = Counter(live.mentor_id for live in year.live)
    week.overdrawn = sum(taken[mentor.id] > mentor.facts.capacity for mentor in year.mentors)


def _snapshot(year: Year, at: datetime, weights: Weights) -> Snapshot:
    shapes: dict[str, list[str]] = {}
    for live in year.live:
        shapes.setdefault(live.mentor_id, []).append(live.mentee.facts.request_shape)
    mentors = tuple(
        replace(mentor, taken=len(shapes.get(mentor.id, ())), shapes_taken=tuple(shapes.get(mentor.id, ())))
        for mentor in year.mentors
    )
    return Snapshot(programme="cairn", at=at, weights=weights, mentees=tuple(year.waiting), mentors=mentors)


def _record_causes(year: Year, at: datetime, result: RoundResult) -> None:
    passed_over = [wait.mentee_id for wait in result.unmatched if wait.cause == "shortage"]
    year.passed_over.update(passed_over)
    for mentee_id in [*passed_over, *(proposal.mentee_id for proposal in result.proposals)]:
        year.eligible_since.setdefault(mentee_id, at)
    year.causes = {wait.mentee_id: wait.cause for wait in result.unmatched}


def _after_no(mentee: Mentee, mentor_id: str) -> Mentee:
    """Return the mentee for the next round: same seniority, without this mentor."""
    return replace(mentee, excluded=mentee.excluded | {mentor_id}, tries=mentee.tries + 1)


def _hours(mentee: Mentee, at: datetime) -> float:
    return (at - mentee.facts.waiting_since).total_seconds() / 3600
