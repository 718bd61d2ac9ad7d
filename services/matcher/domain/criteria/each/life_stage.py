"""Life stages: the mentee's of today, and those the mentor has lived through. Stages end at their date (G4, G6)."""

from datetime import date

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import ByBits
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.tag_overlap import by_tags


def code(pool: Pool) -> ByBits:
    """Encode the mean, over the mentee's stages, of how well the mentor covers each."""
    return by_tags(pool, "life_stage", pool.mentee_answers(_asked), pool.mentor_answers(_lived))


def shared(mentee: Mentee, mentor: Mentor, pool: Pool) -> tuple[str, ...]:
    """Return the mentee's current stages that the mentor has lived through."""
    return tuple(code for code in stages_on(mentee, pool.today) if code in mentor.facts.life_stages)


def stages_on(mentee: Mentee, day: date) -> tuple[str, ...]:
    """Return the stages that still count on a day; the last day counts."""
    stages = mentee.facts.life_stages
    return tuple(dict.fromkeys(stage.code for stage in stages if stage.until is None or stage.until >= day))


def _asked(mentee: Mentee, day: date) -> tuple[str, ...]:
    return stages_on(mentee, day)


def _lived(mentor: Mentor, _day: date) -> tuple[str, ...]:
    return mentor.facts.life_stages


SHARED_BY = _asked, _lived
