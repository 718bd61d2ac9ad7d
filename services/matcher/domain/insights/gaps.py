"""Whom to recruit next: add one mentor of a kind to the pool, settle again, count who more is matched.

Kinds come from the people who wait: their first language, type, relation and the device class they ask about. Each
number is a re-solve, so it is exact for the pool as it is; the mentor added is an ordinary one with open times.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from services.events.facts import DeviceLived, MentorFacts, Spoken
from services.events.vocabulary import codes
from services.matcher.domain.people import Mentee, Mentor
from services.matcher.domain.round import Settled, Snapshot, settle

APPOINTED_OF_INVITED = (104, 9951)
"""A published programme's funnel: 104 mentors appointed of 9,951 people invited. A programme's own is better."""


class Kind(NamedTuple):
    """A kind of mentor to look for; ``device_class`` is None where none is asked about."""

    language: str
    diabetes_type: str
    relation: str
    device_class: str | None


@dataclass(frozen=True, kw_only=True)
class Recruit:
    """A mentor to look for next, and how many people more the pool matches with them (after those before in the list).

    ``invitations`` estimates how many people to invite to win one such mentor.
    """

    kind: Kind
    waiting: int
    more_matched: int
    invitations: int


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """``recruits`` in order of worth; ``idle`` counts free places left over, by kind, most first."""

    recruits: tuple[Recruit, ...]
    idle: tuple[tuple[Kind, int], ...]


def gaps(
    snapshot: Snapshot,
    *,
    recruits: int = 3,
    candidates: int = 6,
    places: int = 2,
    funnel: tuple[int, int] = APPOINTED_OF_INVITED,
    settled: Settled | None = None,
) -> Gaps:
    """Find the mentors worth looking for, greedily one after the other, each by exact re-solves."""
    current = settled or settle(snapshot)
    invitations = -(-funnel[1] // max(1, funnel[0]))
    idle = _idle(current)
    found: list[Recruit] = []
    while len(found) < recruits:
        waiting = Counter(kind_wanted(one) for one in current.snapshot.mentees if one.id not in current.mentor_of)
        tried = [
            (kind, settle(_with(current.snapshot, kind, places, len(found))))
            for kind, _ in sorted(waiting.items(), key=lambda one: (-one[1], str(one[0])))[:candidates]
        ]
        if not tried:
            break
        kind, best = max(tried, key=lambda one: (len(one[1].mentor_of), waiting[one[0]], str(one[0])))
        more = len(best.mentor_of) - len(current.mentor_of)
        if more <= 0:
            break
        found.append(Recruit(kind=kind, waiting=waiting[kind], more_matched=more, invitations=invitations))
        current = best
    return Gaps(recruits=tuple(found), idle=idle)


def kind_wanted(mentee: Mentee) -> Kind:
    """The kind of mentor that a person waits for."""
    facts = mentee.facts
    wanted = [must.value for must in facts.musts if must.criterion == "relation" and must.value != "any"]
    return Kind(
        facts.languages[0].tag if facts.languages else "en",
        facts.diabetes_type,
        wanted[0] if wanted else facts.relation,
        facts.devices[0].device_class if facts.devices else None,
    )


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
    return Mentor(id=f"~recruit-{number}", programme=snapshot.programme, facts=facts)


def _with(snapshot: Snapshot, kind: Kind, places: int, number: int) -> Snapshot:
    return replace(snapshot, mentors=(*snapshot.mentors, ordinary(kind, snapshot, places, number)))


def _idle(settled: Settled) -> tuple[tuple[Kind, int], ...]:
    given: Mapping[str, int] = Counter(settled.mentor_of.values())
    left: Counter[Kind] = Counter()
    for mentor in settled.snapshot.mentors:
        if mentor.facts.approved and mentor.free > given.get(mentor.id, 0):
            left[_kind_of(mentor)] += mentor.free - given.get(mentor.id, 0)
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
