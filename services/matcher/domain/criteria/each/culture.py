"""Culture and faith, self-described by both; counts only where it matters most to the mentee (G16)."""

from datetime import date

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import ByBits
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.tag_overlap import by_tags


def code(pool: Pool) -> ByBits:
    """Encode the mean, over the mentee's tags, of how well the mentor covers each."""
    return by_tags(pool, "culture", pool.mentee_answers(_ticked), pool.mentor_answers(_ticked))


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """Return the tags both ticked."""
    return tuple(tag for tag in mentee.facts.culture if tag in mentor.facts.culture)


def _ticked(person: Mentee | Mentor, _day: date) -> tuple[str, ...]:
    return person.facts.culture


SHARED_BY = _ticked, _ticked
