"""Culture and faith, self-described by both; counts only when the mentee says it matters most (G16)."""

from datetime import date

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import ByBits
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.tag_overlap import by_tags


def code(pool: Pool) -> ByBits:
    """The mean, over what the mentee ticked, of how well the mentor covers it."""
    return by_tags(pool, "culture", pool.mentees_say(_ticked), pool.mentors_say(_ticked))


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """What both ticked."""
    return tuple(one for one in mentee.facts.culture if one in mentor.facts.culture)


def _ticked(person: Mentee | Mentor, _day: date) -> frozenset[str]:
    return frozenset(person.facts.culture)
