"""The house in memory: one transaction at a time, and one that goes wrong puts everything back."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from services.chassis.messages.event import Event
from tests.matcher.memory.matches import MemoryMatches
from tests.matcher.memory.pairs import MemoryPairs
from tests.matcher.memory.places import MemoryPlaces
from tests.matcher.memory.pool import MemoryPool
from tests.matcher.memory.reports import MemoryReports
from tests.matcher.memory.rounds import MemoryRounds
from tests.matcher.memory.state import State
from tests.matcher.memory.waits import MemoryWaits
from tests.matcher.memory.weights import MemoryWeights
from tests.support.fakes import FixedClock


class MemoryDatabase:
    """See ``World``."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.state = State()
        self.open = False

    @contextmanager
    def begin(self, *, read_only: bool = False) -> Iterator[MemoryStore]:
        del read_only
        if self.open:
            yield MemoryStore(self)
            return
        before, self.open = copy.deepcopy(self.state), True
        try:
            yield MemoryStore(self)
        except BaseException:
            self.state = before
            raise
        finally:
            self.open = False

    def published(self) -> Sequence[Event]:
        return list(self.state.published)

    def due_rounds(self) -> Sequence[str]:
        due = sorted(key for key, at in self.state.jobs.items() if at <= self.clock.now())
        for key in due:
            del self.state.jobs[key]
        return due


class MemoryStore:
    """Every port in one: the names do not clash."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._state = database.state
        self.now = database.clock.now()
        self.pool = MemoryPool(self._state, self.now)
        self.places = MemoryPlaces(self._state, self.now)
        self.waits = MemoryWaits(self._state, self.now)
        self.matches = MemoryMatches(self._state, self.now)
        self.rounds = MemoryRounds(self._state, self.now)
        self.weights = MemoryWeights(self._state, self.now)
        self.pairs = MemoryPairs(self._state, self.now)
        self.reports = MemoryReports(self._state, self.now)

    def end_sessions(self, *sessions: str) -> None:
        """Nothing of the domain reads ended sessions."""

    def publish(self, *events: Event) -> None:
        self._state.published.extend(events)

    def enqueue(
        self, kind: str, key: str, *, due_at: datetime | None = None, payload: Mapping[str, Any] | None = None
    ) -> None:
        at = due_at or self.now
        self._state.jobs[key] = min(at, self._state.jobs.get(key, at))

    def audit(
        self, action: str, subject: str, *, by: str, reason: str | None = None, detail: Mapping[str, Any] | None = None
    ) -> None:
        self._state.audited.append((action, subject))
