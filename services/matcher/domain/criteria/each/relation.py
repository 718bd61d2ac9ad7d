"""Relation to diabetes: parents meet parents, partners meet partners, unless a must of the mentee says otherwise."""

from datetime import date

from services.events.facts import ANY_RELATION
from services.events.vocabulary import codes
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import ByTable
from services.matcher.domain.criteria.lookup_tables import by_best
from services.matcher.domain.criteria.pool import Pool


def code(pool: Pool) -> ByTable:
    """Encode the best over the mentor's relations.

    A must names the relation the mentee wants instead of their own; ``any`` allows every relation, their own first.
    """
    open_points = int(pool.data("relation")["asked_any"])

    def points(asked: tuple[str, tuple[str, ...]], lived: str) -> int:
        own, wanted = asked
        near = pool.closeness("relation", own, lived)
        named = [value for value in wanted if value != ANY_RELATION]
        if named:
            return 100 if lived in named else 0
        return max(near, open_points) if wanted else near

    return by_best(
        pool.mentee_answers(_asked),
        pool.mentor_answers(_lived),
        points,
        hard_from=int(pool.data("relation")["hard_from"]),
    )


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """Return the relation if both have the same."""
    return tuple(relation for relation in mentor.facts.relations if relation == mentee.facts.relation)


def _wanted(mentee: Mentee) -> tuple[str, ...]:
    return tuple(sorted(must.value for must in mentee.facts.musts if must.criterion == "relation"))


def _asked(mentee: Mentee, _day: date) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ((mentee.facts.relation, _wanted(mentee)),)


def _lived(mentor: Mentor, _day: date) -> tuple[str, ...]:
    return tuple(relation for relation in codes("relation") if relation in mentor.facts.relations)


SHARED_BY = _asked, _lived
