"""The people of the pool: what they said (coded facts), and what the programme knows of their place in it."""

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
    """What is worked out about a person's value is kept with it: made once, and gone when the value is gone.

    Values never change, so what follows from one alone never has to be worked out again; a changed person is another
    value. Notes are no part of a value: they count in no comparison, and no JSON has them.
    """

    @cached_property
    def notes(self) -> dict[Hashable, Any]:
        """Whatever was worked out so far, by what it is."""
        return {}


P = TypeVar("P", bound=Person)
A = TypeVar("A")


def kept(work_out: Callable[[P], A]) -> Callable[[P], A]:
    """Have what a function works out kept with the person; it may look at nothing but the person and fixed data."""

    @wraps(work_out)
    def found(person: P) -> A:
        notes = person.notes
        if work_out not in notes:
            notes[work_out] = work_out(person)
        answer: A = notes[work_out]
        return answer

    return found


@dataclass(frozen=True, kw_only=True)
class Mentee(Person):
    """A person who waits for a mentor.

    ``excluded`` holds the mentors of earlier tries, which are never proposed again; seniority is in
    ``facts.waiting_since`` and survives every try. ``held`` is the mentor of a proposal made but not yet sent: the next
    round keeps it when nothing is lost by it.
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
        """Places that are free now, never negative."""
        return 0 if self.paused else max(0, self.facts.capacity - self.taken)
