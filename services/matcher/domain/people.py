"""The people of the pool: what they said (coded facts), and what the programme knows of their place in it."""

from dataclasses import dataclass
from typing import NamedTuple

from services.events.facts import MenteeFacts, MentorFacts


class Pair(NamedTuple):
    """A mentee and a mentor, by id."""

    mentee_id: str
    mentor_id: str


@dataclass(frozen=True, kw_only=True)
class Mentee:
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
class Mentor:
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
