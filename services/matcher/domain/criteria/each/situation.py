"""What is going on in the mentee's life now, and what the mentor has been through."""

from datetime import date

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import ByBits
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.tag_overlap import by_tags
from services.matcher.domain.weights import criterion_data


def code(pool: Pool) -> ByBits:
    """The mean, over what the mentee ticked, of how well the mentor covers it."""
    return by_tags(pool, "situation", pool.mentees_say(_asked), pool.mentors_say(_lived))


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """What both ticked."""
    return tuple(one for one in _asks(mentee) if one in mentor.facts.situations)


def _asks(mentee: Mentee) -> tuple[str, ...]:
    """Just looking is welcome, but asks for nothing (G9)."""
    return tuple(one for one in mentee.facts.situations if one not in criterion_data("situation")["not_an_ask"])


def _asked(mentee: Mentee, _day: date) -> frozenset[str]:
    return frozenset(_asks(mentee))


def _lived(mentor: Mentor, _day: date) -> frozenset[str]:
    return frozenset(mentor.facts.situations)
