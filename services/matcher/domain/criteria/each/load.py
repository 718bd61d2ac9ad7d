"""Load: mentors with most of their places free come first, so that the work is shared."""

from datetime import date

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import ByTable
from services.matcher.domain.criteria.lookup_tables import by_answers
from services.matcher.domain.criteria.pool import Pool


def code(pool: Pool) -> ByTable:
    """Encode the share of the mentor's places that is free, in quarters."""
    return by_answers([None] * len(pool.mentees), pool.mentor_answers(_quarters), _points)


def shared(_mentee: Mentee, _mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """Return nothing: load concerns the programme and its mentors, not the pair."""
    return ()


def _quarters(mentor: Mentor, _day: date) -> int:
    return -(-4 * mentor.free // max(1, mentor.facts.capacity))


def _points(_: None, quarters: int) -> int:
    return 25 * quarters
