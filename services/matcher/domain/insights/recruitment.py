"""Whom to recruit next: add mentors of a kind to the pool, settle again, count who more is matched.

Kinds come from the people who wait: their first language, type, relation, the device class they ask about, and the
conditions that an ordinary mentor of that kind does not meet anyway (a gender, clearance for minors, a model). Each
number is a re-solve, so it is exact for the pool as it is; the mentors added are ordinary ones with open times.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce
from typing import NamedTuple

from services.events.facts import ANY_RELATION, DeviceLived, MenteeFacts, MentorFacts, Spoken
from services.events.vocabulary import codes
from services.events.vocabulary.device_models import class_of_model
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.hard_rules.capacity import capacity_of
from services.matcher.domain.hard_rules.conditions import conditions_of, has, meeting, rule_of
from services.matcher.domain.hard_rules.musts import Want
from services.matcher.domain.round import Snapshot, SolvedPool, solve_pool


class Funnel(NamedTuple):
    """How many people became mentors of how many who were invited; at least one."""

    appointed: int
    invited: int

    @property
    def invitations(self) -> int:
        """How many people to invite to win one mentor."""
        return -(-self.invited // self.appointed)


PUBLISHED = Funnel(appointed=104, invited=9951)
"""What a published programme told. A programme's own numbers are better: invitations are known to nobody else."""


class Kind(NamedTuple):
    """A kind of mentor to look for; ``device_class`` is None where none is asked about.

    ``conditions`` are what some people insist on besides, as the rules have them.
    """

    language: str
    diabetes_type: str
    relation: str
    device_class: str | None
    conditions: tuple[Want, ...] = ()


STEPS = (1, 5, 10)
"""How many mentors of a kind are counted together: the next one is rarely the last."""


class Point(NamedTuple):
    """So many mentors of a kind, and how many people more have a mentor with them than without."""

    mentors: int
    more_matched: int


@dataclass(frozen=True, kw_only=True)
class Recruit:
    """A kind of mentor to look for, each with ``places`` for people, and what the next 1, 5 and 10 of them are worth.

    ``curve`` counts on top of one mentor of each kind before in the list. ``invitations`` estimates how many people to
    invite to win one such mentor.
    """

    kind: Kind
    places: int
    waiting: int
    curve: tuple[Point, ...]
    invitations: int

    @property
    def more_matched(self) -> int:
        """People more with a mentor when one such mentor comes."""
        return self.curve[0].more_matched


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """``recruits`` in order of worth, no kind twice; ``idle`` counts free places left over, by kind, most first.

    ``for_conditions`` has the best recruit for each condition that somebody who waits insists on, each counted alone:
    where many others wait as well, those few would not be among the first.
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
    """Find the kinds of mentor worth looking for, greedily one after the other, each by exact re-solves."""
    current = solved or solve_pool(snapshot)
    idle = _idle(current)
    found: list[Recruit] = []
    for_conditions: tuple[Recruit, ...] = ()
    while len(found) < recruits:
        named = {one.kind for one in found}
        tried = _tried(current, candidates, places, named, funnel)
        if not found:
            for_conditions = tuple(_drawn(current, one) for one in _of_conditions([one for one, _ in tried]))
        best, then = max(tried, key=lambda one: _worth(one[0]), default=(None, current))
        if best is None or best.more_matched <= 0:
            break
        found.append(_drawn(current, best))
        current = then
    return Gaps(recruits=tuple(found), for_conditions=for_conditions, idle=idle)


def _tried(
    current: SolvedPool, most: int, places: int, named: Collection[Kind], funnel: Funnel
) -> list[tuple[Recruit, SolvedPool]]:
    """What one mentor more of each kind worth trying would make of the pool, the kinds most waited for first."""
    pool = current.snapshot
    waiting = Counter(kind_wanted(one, pool) for one in pool.mentees if one.id not in current.mentor_of)
    found = []
    for kind in _worth_trying({kind: count for kind, count in waiting.items() if kind not in named}, most):
        point, then = _point(current, kind, places, 1)
        recruit = Recruit(
            kind=kind, places=places, waiting=waiting[kind], curve=(point,), invitations=funnel.invitations
        )
        found.append((recruit, then))
    return found


def _drawn(current: SolvedPool, one: Recruit) -> Recruit:
    """With the rest of its curve; what has just been tried is known."""
    return replace(one, curve=(*one.curve, *(_point(current, one.kind, one.places, count)[0] for count in STEPS[1:])))


def _point(current: SolvedPool, kind: Kind, places: int, count: int) -> tuple[Point, SolvedPool]:
    """The pool with so many mentors of a kind more, and what they are worth."""
    pool = current.snapshot
    known = len(pool.mentors)
    new = (ordinary(kind, pool, places, known + number) for number in range(count))
    then = solve_pool(replace(pool, mentors=(*pool.mentors, *new)))
    return Point(count, len(then.mentor_of) - len(current.mentor_of)), then


def _worth_trying(waiting: Mapping[Kind, int], most: int) -> list[Kind]:
    """The kinds that most people wait for, and for each condition the one with it that most do: few are seen too."""
    ranked = sorted(waiting, key=lambda kind: (-waiting[kind], str(kind)))
    with_condition = {rule_of(condition): kind for kind in reversed(ranked) for condition in kind.conditions}
    return sorted({*ranked[:most], *with_condition.values()}, key=ranked.index)


def _worth(one: Recruit) -> tuple[int, int, str]:
    return one.more_matched, one.waiting, str(one.kind)


def _of_conditions(tried: Sequence[Recruit]) -> Iterable[Recruit]:
    """For each condition that a kind was tried for, the one worth most, if any; each once."""
    rules = dict.fromkeys(rule_of(condition) for one in tried for condition in one.kind.conditions)
    best = [max((one for one in tried if rule in map(rule_of, one.kind.conditions)), key=_worth) for rule in rules]
    return (one for one in dict.fromkeys(best) if one.more_matched > 0)


def kind_wanted(mentee: Mentee, snapshot: Snapshot) -> Kind:
    """The kind of mentor that a person waits for."""
    facts = mentee.facts
    asked = _first(one.device_class for one in facts.devices)
    kind = Kind(
        facts.languages[0].tag if facts.languages else "en",
        _insisted(facts, "diabetes_type") or facts.diabetes_type,
        _insisted(facts, "relation") or facts.relation,
        class_of_model(_insisted(facts, "device_model") or "") or asked,
    )
    plain, pool = ordinary(kind, snapshot, 1, 0), Pool((), (), snapshot.at, snapshot.weights)
    wanted = conditions_of(mentee)
    if asked is not None and all(one.device_class != kind.device_class for one in facts.devices):
        wanted = (("device_class", (asked,)), *wanted)  # they insist on a model of another class than they ask about
    return kind._replace(conditions=tuple(one for one in dict.fromkeys(wanted) if not has(plain, one, pool)))


def _insisted(facts: MenteeFacts, criterion: str) -> str | None:
    """What a person asks for instead of the like of themselves."""
    return _first(must.value for must in facts.musts if must.criterion == criterion and must.value != ANY_RELATION)


def ordinary(kind: Kind, snapshot: Snapshot, places: int, number: int) -> Mentor:
    """A mentor as one may hope to find: of the kind, with open times and ways of talking, approved and trained."""
    facts = MentorFacts(
        languages=(Spoken(tag=kind.language, level="native"),),
        relations=(kind.relation,),
        diabetes_types=(kind.diabetes_type if kind.diabetes_type != "unsure" else codes("diabetes_type")[0],),
        approved=True,
        trained_until=snapshot.at.date() + timedelta(days=1),
        capacity=places,
        devices=(DeviceLived(device_class=kind.device_class),) if kind.device_class else (),
    )
    return Mentor(id=f"~recruit-{number}", programme=snapshot.programme, facts=reduce(meeting, kind.conditions, facts))


def _idle(solved: SolvedPool) -> tuple[tuple[Kind, int], ...]:
    given: Mapping[str, int] = Counter(solved.mentor_of.values())
    left: Counter[Kind] = Counter()
    for mentor in solved.snapshot.mentors:
        places = capacity_of(mentor).places - given.get(mentor.id, 0)
        if mentor.facts.approved and places > 0:
            left[_kind_of(mentor)] += places
    return tuple(sorted(left.items(), key=lambda one: (-one[1], str(one[0]))))


def _kind_of(mentor: Mentor) -> Kind:
    facts = mentor.facts
    device = _first(one.device_class for one in facts.devices if one.until is None)
    return Kind(
        facts.languages[0].tag if facts.languages else "none",
        _first(facts.diabetes_types) or "other",
        _first(facts.relations) or "self",
        device,
    )


def _first(some: Iterable[str]) -> str | None:
    return next(iter(some), None)
