"""Age today: people of similar age see life alike; a missing answer is neutral."""

from datetime import date

from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import ByTable
from services.matcher.domain.criteria.ordinal import by_bands
from services.matcher.domain.criteria.pool import Pool


def code(pool: Pool) -> ByTable:
    """Encode points by the distance between age bands."""
    return by_bands(pool, "age", pool.mentee_answers(_band), pool.mentor_answers(_band))


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """Return the band if both have the same."""
    band = mentee.facts.age_band
    return (band,) if band and band == mentor.facts.age_band else ()


def _band(person: Mentee | Mentor, _day: date) -> str | None:
    return person.facts.age_band


SHARED_BY = _band, _band
