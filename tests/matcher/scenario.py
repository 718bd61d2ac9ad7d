"""A scenario for tests of use cases: people come by events, rounds run when due, time passes on command."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from services.chassis.core.errors import Stale
from services.chassis.messages.event import Event
from services.events import profiles
from services.events.facts import MenteeFacts, MentorFacts, Spoken
from services.matcher.domain.match import Match
from services.matcher.domain.programme_terms import Terms
from services.matcher.domain.records import Round
from services.matcher.domain.round import Decision, RoundResult, Snapshot
from services.matcher.ports import Store
from services.matcher.use_cases.apply_person_event import apply_person_event
from services.matcher.use_cases.erase_person import erase_person
from services.matcher.use_cases.run_round import run_round
from services.matcher.use_cases.steps.match_access import Actor
from tests.matcher.greedy_solver import in_turn
from tests.support.fakes import FixedClock

PROGRAMME = "cairn"
E = TypeVar("E", bound=Event)


class Database(Protocol):
    """A store of either kind, with the events it published and the jobs it queued."""

    def begin(self, *, read_only: bool = False) -> AbstractContextManager[Store]: ...

    def published(self) -> Sequence[Event]: ...

    def due_rounds(self) -> Sequence[str]: ...


def spoken(*tags: str) -> tuple[Spoken, ...]:
    return tuple(Spoken(tag=tag, level="fluent") for tag in tags)


def at(version: int) -> Callable[[int], None]:
    """Return the check of a caller who read this version: it raises Stale for any other."""

    def check(current: int) -> None:
        if current != version:
            raise Stale("changed_meanwhile", "changed meanwhile", now={"version": current})

    return check


@dataclass
class Scenario:
    """A programme with its people and its clock."""

    database: Database
    clock: FixedClock
    terms: Terms = field(default_factory=Terms)
    decide: Callable[[Snapshot], RoundResult] = in_turn
    versions: dict[str, int] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def mentee(self, name: str = "", **facts: Any) -> str:
        """Register a mentee; return their id."""
        usual = MenteeFacts(
            waiting_since=self.clock.now(), languages=spoken("en"), relation="self", diabetes_type="t1d"
        )
        return self._register(name or f"mentee-{next(self.numbers)}", mentee=replace(usual, **facts))

    def mentor(self, name: str = "", **facts: Any) -> str:
        """Register an approved mentor; return their id."""
        usual = MentorFacts(
            languages=spoken("en"),
            relations=("self",),
            diabetes_types=("t1d",),
            approved=True,
            trained_until=date(2099, 12, 31),
        )
        return self._register(name or f"mentor-{next(self.numbers)}", mentor=replace(usual, **facts))

    def _register(self, person_id: str, **sides: Any) -> str:
        self.facts[person_id] = {"mentee": None, "mentor": None} | sides
        self.receive(profiles.PersonRegistered, person_id, locale="en", **self.facts[person_id])
        return person_id

    def change(self, person_id: str, side: str, **facts: Any) -> None:
        """Change facts of a person."""
        known = self.facts[person_id]
        known[side] = replace(known[side], **facts)
        self.receive(profiles.PersonChanged, person_id, locale="en", **known)

    def receive(self, kind: type[Any], person_id: str, version: int | None = None, **more: Any) -> None:
        """Apply an event about a person; by default with their next version."""
        self.versions[person_id] = version or self.versions.get(person_id, 0) + 1
        event = kind(person_id=person_id, programme_id=PROGRAMME, version=self.versions[person_id], **more)
        if isinstance(event, profiles.PersonErased):
            erase_person(self.database, event)
        else:
            apply_person_event(self.database, self.terms, event)

    def rounds(self, most: int = 10) -> None:
        """Run every round that is due, and those that follow from it."""
        for _ in range(most):
            self.clock.forward(self.terms.debounce)
            due = self.database.due_rounds()
            if not due:
                return
            for programme_id in due:
                self.run(programme_id)
        raise AssertionError("rounds never came to rest")

    def run(self, programme_id: str = PROGRAMME) -> Round | None:
        """Run one round, decided by ``decide``."""
        return run_round(
            self.database, self.terms, programme_id, decide=lambda snapshot, **_: Decision(result=self.decide(snapshot))
        )

    def live(self, person_id: str) -> Match | None:
        """Return the live match of a person, or None; fail if there are several."""
        with self.database.begin(read_only=True) as store:
            found = [match for match in self.every_match(store) if match.live and self._takes_part(match, person_id)]
        assert len(found) <= 1
        return found[0] if found else None

    def asked(self, mentee_id: str) -> Match:
        """Run rounds, and return the live match of a mentee, who must have one."""
        self.rounds()
        found = self.live(mentee_id)
        assert found is not None, f"nobody was asked for {mentee_id}"
        return found

    def match(self, match_id: str) -> Match:
        with self.database.begin(read_only=True) as store:
            return store.matches.get(match_id)

    def every_match(self, store: Store) -> Sequence[Match]:
        return store.matches.listed(PROGRAMME, None, limit=10_000)

    def places(self, mentor_id: str) -> tuple[int, int]:
        with self.database.begin(read_only=True) as store:
            return store.places.of(mentor_id)

    def published(self, kind: type[E]) -> list[E]:
        """Return the published events of a kind, in order."""
        return [event for event in self.database.published() if isinstance(event, kind)]

    def forward(self, **step: float) -> None:
        """Move the clock forward."""
        self.clock.forward(timedelta(**step))

    @staticmethod
    def _takes_part(match: Match, person_id: str) -> bool:
        return person_id in (match.mentee_id, match.mentor_id)


def person(person_id: str) -> Actor:
    return Actor(PROGRAMME, person_id)


ADMIN = Actor(PROGRAMME)


def refuses(act: Callable[[], object]) -> Exception | None:
    """Return the exception that ``act`` raises, or None."""
    try:
        act()
    except Exception as refused:
        return refused
    return None


def as_json(value: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value)
    return found
