"""All there is in memory, and what every aggregate of the store looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.chassis.messages.event import Event
from services.matcher.domain.candidates import Pair
from services.matcher.domain.explain import Part
from services.matcher.domain.known_person import KnownPerson
from services.matcher.domain.match import Match
from services.matcher.domain.records import (
    PairRule,
    PairRuleKind,
    PublishedWeights,
    Report,
    Round,
    RoundMode,
    WeightsDraft,
)
from services.matcher.domain.round import RoundResult, WarmStart


@dataclass
class StateOfPlaces:
    taken: int = 0
    lapses: int = 0
    resting_until: datetime | None = None


@dataclass
class State:
    """All there is; a transaction that goes wrong puts the copy back."""

    members: dict[str, KnownPerson] = field(default_factory=dict)
    places: dict[str, StateOfPlaces] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)
    why: dict[str, tuple[str, tuple[str, ...], str]] = field(default_factory=dict)
    apart: dict[tuple[str, str], str] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    risk_told: set[str] = field(default_factory=set)
    asked_for_people: set[str] = field(default_factory=set)
    matches: dict[str, Match] = field(default_factory=dict)
    shown: dict[str, tuple[Sequence[Part], int]] = field(default_factory=dict)
    shapes: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    rounds: dict[str, Round] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)
    prices: dict[str, WarmStart] = field(default_factory=dict)
    modes: dict[str, RoundMode] = field(default_factory=dict)
    fences: Counter[str] = field(default_factory=Counter)
    results: dict[str, RoundResult] = field(default_factory=dict)
    weights: dict[str, list[PublishedWeights]] = field(default_factory=dict)
    drafts: dict[str, WeightsDraft] = field(default_factory=dict)
    pairs: dict[Pair, PairRule] = field(default_factory=dict)
    reports: dict[tuple[str, str], Report] = field(default_factory=dict)
    published: list[Event] = field(default_factory=list)
    jobs: dict[str, datetime] = field(default_factory=dict)
    audited: list[tuple[str, str]] = field(default_factory=list)


class Aggregate:
    def __init__(self, state: State, now: datetime) -> None:
        self.state = state
        self.now = now

    def live(self, mentee_id: str) -> Match | None:
        return next((m for m in self.state.matches.values() if m.live and m.mentee_id == mentee_id), None)

    def looking(self, programme_id: str | None = None) -> list[KnownPerson]:
        return [
            member
            for member in self.state.members.values()
            if member.mentee is not None
            and member.standing == "here"
            and self.live(member.person_id) is None
            and programme_id in (None, member.programme_id)
        ]


def pairs_of(state: State, kind: PairRuleKind) -> frozenset[Pair]:
    return frozenset(pair for pair, rule in state.pairs.items() if rule.kind == kind)
