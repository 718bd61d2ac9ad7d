"""Cache parsed facts, since the same people are read again and again."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar, cast

from services.events.facts import MenteeFacts, MentorFacts
from services.matcher.adapters.expiring_cache import ExpiringCache
from services.matcher.adapters.rows import mentee_facts, mentor_facts

F = TypeVar("F")


class Facts:
    """A reader of facts without a cache."""

    def mentee(self, stored: str) -> MenteeFacts:
        """Return a mentee's facts from the stored text."""
        return mentee_facts(stored)

    def mentor(self, stored: str) -> MentorFacts:
        """Return a mentor's facts from the stored text."""
        return mentor_facts(stored)


class FactsRead(Facts):
    """A cache of parsed facts by their stored text, a few kilobytes each; safe to share between threads.

    An erased person's text is no longer stored, so it is never requested again and expires.
    """

    def __init__(self, *, fresh: timedelta = timedelta(seconds=60)) -> None:
        self._cache: ExpiringCache[str, object] = ExpiringCache(fresh=fresh)

    def mentee(self, stored: str) -> MenteeFacts:
        """Return a mentee's facts from the stored text."""
        return self._read(stored, mentee_facts)

    def mentor(self, stored: str) -> MentorFacts:
        """Return a mentor's facts from the stored text."""
        return self._read(stored, mentor_facts)

    def _read(self, stored: str, read: Callable[[str], F]) -> F:
        facts = self._cache.get(stored)
        if facts is None:
            facts = read(stored)
            self._cache.keep(stored, facts)
        return cast(F, facts)
