"""The same gender, only for a mentee to whom it matters most; as a condition it is a must (G15). Never inferred."""

from datetime import date

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import NEUTRAL, ByTable
from services.matcher.domain.criteria.lookup_tables import by_answers
from services.matcher.domain.criteria.pool import Pool


def code(pool: Pool) -> ByTable:
    """Encode 100 points for the same answer, 0 for another, neutral where an answer is missing."""

    def points(mentee_gender: str | None, mentor_gender: str | None) -> int:
        if mentee_gender is None or mentor_gender is None:
            return NEUTRAL
        return 100 if mentee_gender == mentor_gender else 0

    return by_answers(pool.mentee_answers(_gender), pool.mentor_answers(_gender), points)


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """Return the gender if both have the same."""
    gender = mentee.facts.gender
    return (gender,) if gender and gender == mentor.facts.gender else ()


def _gender(person: Mentee | Mentor, _day: date) -> str | None:
    return person.facts.gender


SHARED_BY = _gender, _gender
