"""Diabetes type: how close two types are is a table that the programme may edit."""

from datetime import date

from services.events.vocabulary import codes
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import ByTable
from services.matcher.domain.criteria.lookup_tables import by_best
from services.matcher.domain.criteria.pool import Pool


def code(pool: Pool) -> ByTable:
    """Encode the best over the mentor's types; distant types count more when the mentee asks about devices (G2, G8)."""
    data = pool.data("diabetes_type")

    def points(asked: tuple[str, bool], lived: str) -> int:
        kind, about_devices = asked
        near = pool.closeness("diabetes_type", kind, lived)
        return max(near, int(data["on_devices"].get(kind, {}).get(lived, 0))) if about_devices else near

    return by_best(
        pool.mentee_answers(_asked),
        pool.mentor_answers(_lived),
        points,
        hard_from=int(data["hard_from"]),
    )


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """Return the mentee's type if the mentor lives with it; similar types are not shown as shared."""
    return tuple(kind for kind in mentor.facts.diabetes_types if kind == mentee.facts.diabetes_type)


def _asked(mentee: Mentee, _day: date) -> tuple[tuple[str, bool], ...]:
    return ((mentee.facts.diabetes_type, bool(mentee.facts.devices)),)


def _lived(mentor: Mentor, _day: date) -> tuple[str, ...]:
    return tuple(kind for kind in codes("diabetes_type") if kind in mentor.facts.diabetes_types)


SHARED_BY = _asked, _lived
