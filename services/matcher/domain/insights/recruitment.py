"""Whom to recruit next: let mentors of a kind arrive in the pool, and count how many more people are matched.

Kinds come from the people who wait: their first language, type, relation, the device class they ask about, and the
conditions that an ordinary mentor of that kind does not meet (a gender, clearance for minors, a model). Each number is
the optimum with these mentors (by the dynamic assignment), so it is exact for the current pool; the mentors added are
ordinary ones with open times.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce
from typing import NamedTuple

import numpy as np

from services.events.facts import ANY_RELATION, DeviceLived, MenteeFacts, MentorFacts, Spoken
from services.events.vocabulary import codes
from services.events.vocabulary.device_models import class_of_model
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.hard_rules.capacity import capacity_of
from services.matcher.domain.hard_rules.conditions import conditions_of, has, meeting, rule_of
from services.matcher.domain.hard_rules.musts import Want
from services.matcher.domain.insights.pool_changes import Column, columns_of, start_changes, with_any_places
from services.matcher.domain.round import Snapshot, SolvedPool, solve_pool
from services.matcher.solver.dynamic import DynamicAssignment


class Funnel(NamedTuple):
    """How many of the invited people became mentors; both at least one."""

    appointed: int
    invited: int

    @property
    def invitations(self) -> int:
        """Return how many people to invite to win one mentor."""
        return -(-self.invited // self.appointed)


PUBLISHED = Funnel(appointed=104, invited=9951)
"""The numbers of a published programme; a programme's own are better, and only the programme knows them."""


class Kind(NamedTuple):
    """A kind of mentor to look for; ``device_class`` is None where none is asked about.

    ``conditions`` are further conditions of mentees, in the form of the rules.
    """

    language: str
    diabetes_type: str
    relation: str
    device_class: str | None
    conditions: tuple[Want, ...] = ()


STEPS = (1, 5, 10)
"""Numbers of added mentors in a curve: a programme rarely recruits only one."""


class Point(NamedTuple):
    """A point of a curve: a number of added mentors, and how many more people then have a mentor."""

    mentors: int
    more_matched: int


@dataclass(frozen=True, kw_only=True)
class Recruit:
    """A kind of mentor to look for, with ``places`` per mentor, and the effect of 1, 5 and 10 of them.

    ``curve`` assumes that one mentor of each kind before it in the list has joined. ``invitations`` estimates how many
    people to invite to win one such mentor.
    """

    kind: Kind
    places: int
    waiting: int
    curve: tuple[Point, ...]
    invitations: int

    @property
    def more_matched(self) -> int:
        """Return how many more people have a mentor when one such mentor joins."""
        return self.curve[0].more_matched


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """``recruits`` in order of effect, no kind twice; ``idle`` counts the unused free places, by kind, most first.

    ``for_conditions`` has the best recruit for each condition of people who wait, each counted alone: where many others
    wait as well, those few people would not appear among the first.
    """

    recruits: tuple[Recruit, ...]
    for_conditions: tuple[Recruit, ...]
    idle: tuple[tuple[Kind, int], ...]


def gaps(
    snapshot: Snapshot,
    *,
    recruits: int = 3,
    candidates: int = 6,
    places: int = 2,
    funnel: Funnel = PUBLISHED,
    solved: SolvedPool | None = None,
) -> Gaps:
    """Return the kinds of mentor worth looking for, chosen greedily one after the other, each by exact optima."""
    current = solved or solve_pool(snapshot)
    search = _Search(current, places, funnel)
    chosen: list[Recruit] = []
    for_conditions: tuple[Recruit, ...] = ()
    while len(chosen) < recruits:
        tried = search.tried(candidates, {recruit.kind for recruit in chosen})
        if not chosen:
            for_conditions = tuple(search.with_curve(recruit) for recruit in _best_for_conditions(tried))
        best = max(tried, key=_worth, default=None)
        if best is None or best.more_matched <= 0:
            break
        chosen.append(search.with_curve(best))
        search.join(best.kind)
    return Gaps(recruits=tuple(chosen), for_conditions=for_conditions, idle=_idle(current))


class _Search:
    """The pool with the recruits found so far, and the pairs that mentors of each kind would have."""

    def __init__(self, solved: SolvedPool, places: int, funnel: Funnel) -> None:
        self._snapshot, self._places, self._funnel = solved.snapshot, places, funnel
        self._problem, answer = with_any_places(solved)
        self._state = start_changes(self._problem, answer)
        self._known = len(solved.snapshot.mentors)
        self._column_of: dict[Kind, Column] = {}
        self._kind_of: dict[int, Kind] = {}

    def tried(self, most: int, named: Collection[Kind]) -> list[Recruit]:
        """Return the effect of one more mentor of each kind worth trying, the kinds that most people wait for first."""
        unmatched = np.flatnonzero(self._state.optimum.mentor_of < 0)
        waiting = Counter(map(self._wanted, unmatched.tolist()))
        kinds = _worth_trying({kind: count for kind, count in waiting.items() if kind not in named}, most)
        self._encode(kinds)
        return [
            Recruit(
                kind=kind,
                places=self._places,
                waiting=waiting[kind],
                curve=(self._point(kind, STEPS[0]),),
                invitations=self._funnel.invitations,
            )
            for kind in kinds
        ]

    def with_curve(self, recruit: Recruit) -> Recruit:
        """Return a recruit with the rest of its curve; its first point is known."""
        return replace(recruit, curve=(*recruit.curve, *(self._point(recruit.kind, mentors) for mentors in STEPS[1:])))

    def join(self, kind: Kind) -> None:
        """Let one mentor of a kind arrive for good."""
        self._state = self._after(kind, 1)
        self._known += 1

    def _point(self, kind: Kind, mentors: int) -> Point:
        before, after = self._state.optimum.mentor_of, self._after(kind, mentors).optimum.mentor_of
        return Point(mentors, int((after >= 0).sum() - (before >= 0).sum()))

    def _after(self, kind: Kind, mentors: int) -> DynamicAssignment:
        column, first = self._column_of[kind], len(self._state.capacity)
        arriving = {
            first + number: (column.partners(self._problem, recruit_id(self._known + number)), column.places)
            for number in range(mentors)
        }
        return self._state.after(mentors=arriving)

    def _encode(self, kinds: Iterable[Kind]) -> None:
        """Look up the pairs of kinds that are new, all at once."""
        new = [kind for kind in kinds if kind not in self._column_of]
        mentors = [ordinary(kind, self._snapshot, self._places, self._known + place) for place, kind in enumerate(new)]
        everyone = np.arange(len(self._problem.pool.mentees))
        columns = columns_of(self._problem, mentors, everyone, self._snapshot.blocks)
        self._column_of |= {new[column.mentor]: column for column in columns}  # no hours: one capacity class each

    def _wanted(self, row: int) -> Kind:
        if row not in self._kind_of:
            self._kind_of[row] = kind_wanted(self._problem.pool.mentees[row], self._snapshot)
        return self._kind_of[row]


def _worth_trying(waiting: Mapping[Kind, int], most: int) -> list[Kind]:
    """Return the kinds that most people wait for, and for each condition the one with it that most wait for."""
    ranked = sorted(waiting, key=lambda kind: (-waiting[kind], str(kind)))
    with_condition = {rule_of(condition): kind for kind in reversed(ranked) for condition in kind.conditions}
    return sorted({*ranked[:most], *with_condition.values()}, key=ranked.index)


def _worth(recruit: Recruit) -> tuple[int, int, str]:
    return recruit.more_matched, recruit.waiting, str(recruit.kind)


def _best_for_conditions(tried: Sequence[Recruit]) -> Iterable[Recruit]:
    """Return, for each condition of a kind that was tried, the recruit with the largest effect, if any; each once."""
    rules = dict.fromkeys(rule_of(condition) for recruit in tried for condition in recruit.kind.conditions)
    best = [
        max((recruit for recruit in tried if rule in map(rule_of, recruit.kind.conditions)), key=_worth)
        for rule in rules
    ]
    return (recruit for recruit in dict.fromkeys(best) if recruit.more_matched > 0)


def kind_wanted(mentee: Mentee, snapshot: Snapshot) -> Kind:
    """Return the kind of mentor that a mentee waits for."""
    facts = mentee.facts
    asked = _first(device.device_class for device in facts.devices)
    kind = Kind(
        facts.languages[0].tag if facts.languages else "en",
        _insisted(facts, "diabetes_type") or facts.diabetes_type,
        _insisted(facts, "relation") or facts.relation,
        class_of_model(_insisted(facts, "device_model") or "") or asked,
    )
    plain = ordinary(kind, snapshot, 1, 0)
    wanted = conditions_of(mentee)
    if asked is not None and all(device.device_class != kind.device_class for device in facts.devices):
        wanted = (("device_class", (asked,)), *wanted)  # the must names a model of another class than they ask about
    return kind._replace(conditions=tuple(want for want in dict.fromkeys(wanted) if not has(plain, want)))


def _insisted(facts: MenteeFacts, criterion: str) -> str | None:
    """Return the value of a mentee's must, which replaces their own answer; None without a must."""
    return _first(must.value for must in facts.musts if must.criterion == criterion and must.value != ANY_RELATION)


def ordinary(kind: Kind, snapshot: Snapshot, places: int, number: int) -> Mentor:
    """Return an ordinary mentor of a kind: open times and ways to talk, approved and trained."""
    facts = MentorFacts(
        languages=(Spoken(tag=kind.language, level="native"),),
        relations=(kind.relation,),
        diabetes_types=(kind.diabetes_type if kind.diabetes_type != "unsure" else codes("diabetes_type")[0],),
        approved=True,
        trained_until=snapshot.at.date() + timedelta(days=1),
        capacity=places,
        devices=(DeviceLived(device_class=kind.device_class),) if kind.device_class else (),
    )
    return Mentor(id=recruit_id(number), programme=snapshot.programme, facts=reduce(meeting, kind.conditions, facts))


def recruit_id(number: int) -> str:
    """Return the id of a mentor who is only supposed to join."""
    return f"~recruit-{number}"


def _idle(solved: SolvedPool) -> tuple[tuple[Kind, int], ...]:
    given: Mapping[str, int] = Counter(solved.mentor_of.values())
    left: Counter[Kind] = Counter()
    for mentor in solved.snapshot.mentors:
        places = capacity_of(mentor).places - given.get(mentor.id, 0)
        if mentor.facts.approved and places > 0:
            left[_kind_of(mentor)] += places
    return tuple(sorted(left.items(), key=lambda item: (-item[1], str(item[0]))))


def _kind_of(mentor: Mentor) -> Kind:
    facts = mentor.facts
    device = _first(device.device_class for device in facts.devices if device.until is None)
    return Kind(
        facts.languages[0].tag if facts.languages else "none",
        _first(facts.diabetes_types) or "other",
        _first(facts.relations) or "self",
        device,
    )


def _first(values: Iterable[str]) -> str | None:
    return next(iter(values), None)
