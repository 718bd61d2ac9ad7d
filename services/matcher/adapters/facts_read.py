"""Facts as they were read a moment ago: rounds read the same thousands of people again and again."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar, cast

from services.events.facts import MenteeFacts, MentorFacts
from services.matcher.adapters.rows import mentee_facts, mentor_facts

F = TypeVar("F")
MOST = 100_000  # texts, a few kilobytes each


class Facts:
    """Facts, read whenever they are asked for."""

    def mentee(self, stored: str) -> MenteeFacts:
        """Read what is stored of a mentee."""
        return mentee_facts(stored)

    def mentor(self, stored: str) -> MentorFacts:
        """Read what is stored of a mentor."""
        return mentor_facts(stored)


class FactsRead(Facts):
    """Parsed facts by the very text that is stored; safe to share between threads.

    What nobody asked for in the last ``fresh`` is let go, so that nothing of somebody who was erased stays longer:
    their text is not stored any more, and so never asked for again.
    """

    def __init__(self, *, fresh: timedelta = timedelta(seconds=60)) -> None:
        self._half = fresh.total_seconds() / 2
        self._lock = threading.Lock()
        self._young: dict[str, object] = {}
        self._old: dict[str, object] = {}
        self._turning = False

    def mentee(self, stored: str) -> MenteeFacts:
        """Read what is stored of a mentee."""
        return self._read(stored, mentee_facts)

    def mentor(self, stored: str) -> MentorFacts:
        """Read what is stored of a mentor."""
        return self._read(stored, mentor_facts)

    def _read(self, stored: str, read: Callable[[str], F]) -> F:
        found = self._young.get(stored) or self._old.get(stored)
        facts = read(stored) if found is None else cast(F, found)
        if len(self._young) < MOST:
            self._young[stored] = facts
        if not self._turning:
            self._turn_later()
        return facts

    def _turn_later(self) -> None:
        with self._lock:
            if self._turning:
                return
            self._turning = True
        timer = threading.Timer(self._half, self._turn)
        timer.daemon = True  # a process that ends forgets anyway
        timer.start()

    def _turn(self) -> None:
        """What was asked for since the last turn stays for one more; the rest is let go."""
        self._old, self._young = self._young, {}
        self._turning = False
        if self._old:
            self._turn_later()
