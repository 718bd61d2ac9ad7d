"""Culture and faith, self-described by both; counts only when the mentee says it matters most (G16)."""

from datetime import date

from services.matcher.domain.features.coded import ByBits
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.tags import by_tags
from services.matcher.domain.people import Mentee, Mentor


def code(pool: Pool) -> ByBits:
    """The mean, over what the mentee ticked, of how well the mentor covers it."""
    return by_tags(pool, "culture", pool.mentees_say(_ticked), pool.mentors_say(_ticked))


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """What both ticked."""
    return tuple(one for one in mentee.facts.culture if one in mentor.facts.culture)


def _ticked(person: Mentee | Mentor, _day: date) -> frozenset[str]:
    return frozenset(person.facts.culture)
