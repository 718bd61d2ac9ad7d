"""What is going on in the mentee's life now, and what the mentor has been through."""

from services.matcher.domain.features.coded import ByBits
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.tags import by_tags
from services.matcher.domain.people import Mentee, Mentor


def code(pool: Pool) -> ByBits:
    """The mean, over what the mentee ticked, of how well the mentor covers it."""
    return by_tags(
        pool,
        "situation",
        [frozenset(_asks(mentee, pool)) for mentee in pool.mentees],
        [frozenset(mentor.facts.situations) for mentor in pool.mentors],
    )


def shared(mentee: Mentee, mentor: Mentor, pool: Pool) -> tuple[str, ...]:
    """What both ticked."""
    return tuple(one for one in _asks(mentee, pool) if one in mentor.facts.situations)


def _asks(mentee: Mentee, pool: Pool) -> tuple[str, ...]:
    """Just looking is welcome, but asks for nothing (G9)."""
    return tuple(one for one in mentee.facts.situations if one not in pool.told("situation")["not_an_ask"])
