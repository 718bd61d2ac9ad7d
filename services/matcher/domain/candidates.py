"""The people of the pool: their answers (coded facts), and what the programme knows about their place in it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, NamedTuple, TypeVar

from services.events.facts import MenteeFacts, MentorFacts


class Pair(NamedTuple):
    """A mentee and a mentor, by id."""

    mentee_id: str
    mentor_id: str


class Person:
    """Base of immutable people, with a cache of results derived from the person.

    People never change, so a result that depends on one person alone is computed once; a changed person is another
    object. The cache is no part of the value: it counts in no comparison and appears in no JSON.
    """

    @cached_property
    def notes(self) -> dict[Hashable, Any]:
        """Return the cached results, by what computed them."""
        return {}


P = TypeVar("P", bound=Person)
A = TypeVar("A")


def cached_per_person(work_out: Callable[[P], A]) -> Callable[[P], A]:
    """Decorate a function so that its result is cached on the person; it may read only the person and fixed data."""

    @wraps(work_out)
    def read_cached(person: P) -> A:
        notes = person.notes
        if work_out not in notes:
            notes[work_out] = work_out(person)
        answer: A = notes[work_out]
        return answer

    return read_cached


@dataclass(frozen=True, kw_only=True)
class Mentee(Person):
    """A person who waits for a mentor.

    ``excluded`` holds the mentors of earlier tries, which are never proposed again; seniority is in
    ``facts.waiting_since`` and survives every try. ``held`` is the mentor of a proposal made but not yet sent: the next
    round keeps the proposal when that costs nothing.
    """

    id: str
    programme: str
    facts: MenteeFacts
    excluded: frozenset[str] = frozenset()
    tries: int = 0
    held: str | None = None


@dataclass(frozen=True, kw_only=True)
class Mentor(Person):
    """A person who offers their lived experience.

    ``taken`` counts the places in use (proposed, accepted or active matches); ``shapes_taken`` holds the request shapes
    of those matches where they are known, the others count as ``a_few_chats``.
    """

    id: str
    programme: str
    facts: MentorFacts
    taken: int = 0
    shapes_taken: tuple[str, ...] = ()
    paused: bool = False

    @property
    def free(self) -> int:
        """Return the number of places that are free now, never negative."""
        return 0 if self.paused else max(0, self.facts.capacity - self.taken)
