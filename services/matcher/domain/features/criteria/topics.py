"""What the mentee wants to talk about, and the mentor knows from living it."""

from services.matcher.domain.features.coded import ByBits
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.tags import by_tags
from services.matcher.domain.people import Mentee, Mentor


def code(pool: Pool) -> ByBits:
    """The mean, over what the mentee ticked, of how well the mentor covers it."""
    return by_tags(
        pool,
        "topics",
        [frozenset(mentee.facts.topics) for mentee in pool.mentees],
        [frozenset(mentor.facts.topics) for mentor in pool.mentors],
    )


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """What both ticked."""
    return tuple(one for one in mentee.facts.topics if one in mentor.facts.topics)
