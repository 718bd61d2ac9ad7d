"""The same gender, only for a mentee to whom it matters most; a condition is a must (G15). Never inferred."""

from datetime import date

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import NEUTRAL, ByTable
from services.matcher.domain.criteria.lookup_tables import by_answers
from services.matcher.domain.criteria.pool import Pool


def code(pool: Pool) -> ByTable:
    """All points for the same answer, none for another, neutral where one does not say."""

    def points(one: str | None, other: str | None) -> int:
        if one is None or other is None:
            return NEUTRAL
        return 100 if one == other else 0

    return by_answers(pool.mentees_say(_gender), pool.mentors_say(_gender), points)


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """The gender of both."""
    gender = mentee.facts.gender
    return (gender,) if gender and gender == mentor.facts.gender else ()


def _gender(person: Mentee | Mentor, _day: date) -> str | None:
    return person.facts.gender
