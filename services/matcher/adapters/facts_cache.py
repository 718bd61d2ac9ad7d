"""Facts as they were read a moment ago: the same people are read again and again."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar, cast

from services.events.facts import MenteeFacts, MentorFacts
from services.matcher.adapters.expiring_cache import Fleeting
from services.matcher.adapters.rows import mentee_facts, mentor_facts

F = TypeVar("F")


class Facts:
    """Facts, read whenever they are asked for."""

    def mentee(self, stored: str) -> MenteeFacts:
        """Read what is stored of a mentee."""
        return mentee_facts(stored)

    def mentor(self, stored: str) -> MentorFacts:
        """Read what is stored of a mentor."""
        return mentor_facts(stored)


class FactsRead(Facts):
    """Parsed facts by the very text that is stored, a few kilobytes each; safe to share between threads.

    The text of somebody who was erased is not stored any more, so it is never asked for again, and let go.
    """

    def __init__(self, *, fresh: timedelta = timedelta(seconds=60)) -> None:
        self._kept: Fleeting[str, object] = Fleeting(fresh=fresh)

    def mentee(self, stored: str) -> MenteeFacts:
        """Read what is stored of a mentee."""
        return self._read(stored, mentee_facts)

    def mentor(self, stored: str) -> MentorFacts:
        """Read what is stored of a mentor."""
        return self._read(stored, mentor_facts)

    def _read(self, stored: str, read: Callable[[str], F]) -> F:
        found = self._kept.get(stored)
        if found is None:
            found = read(stored)
            self._kept.keep(stored, found)
        return cast(F, found)
