"""Situations: the mentee's of today, and those the mentor has lived through."""

from datetime import date

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import ByBits
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.tag_overlap import by_tags
from services.matcher.domain.weights import criterion_data


def code(pool: Pool) -> ByBits:
    """Encode the mean, over the mentee's tags, of how well the mentor covers each."""
    return by_tags(pool, "situation", pool.mentee_answers(_asked), pool.mentor_answers(_lived))


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """Return the tags both ticked."""
    return tuple(tag for tag in _asks(mentee) if tag in mentor.facts.situations)


def _asks(mentee: Mentee) -> tuple[str, ...]:
    """Return the mentee's situations, without ``just_looking``, which asks for nothing (G9)."""
    return tuple(tag for tag in mentee.facts.situations if tag not in criterion_data("situation")["not_an_ask"])


def _asked(mentee: Mentee, _day: date) -> tuple[str, ...]:
    return _asks(mentee)


def _lived(mentor: Mentor, _day: date) -> tuple[str, ...]:
    return mentor.facts.situations


SHARED_BY = _asked, _lived
