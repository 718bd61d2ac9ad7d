"""Age when diabetes came: a criterion of its own, apart from age today (G3)."""

from services.matcher.domain.features.bands import by_bands
from services.matcher.domain.features.coded import ByTable
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.people import Mentee, Mentor


def code(pool: Pool) -> ByTable:
    """Points by how many bands lie between."""
    return by_bands(
        pool,
        "age_at_diagnosis",
        [mentee.facts.diagnosis_age_band for mentee in pool.mentees],
        [mentor.facts.diagnosis_age_band for mentor in pool.mentors],
    )


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """The band of both."""
    band = mentee.facts.diagnosis_age_band
    return (band,) if band and band == mentor.facts.diagnosis_age_band else ()
