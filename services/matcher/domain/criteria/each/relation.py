"""Parents meet parents, partners partners, unless the mentee asks otherwise by a must."""

from datetime import date

from services.events.facts import ANY_RELATION
from services.events.vocabulary import codes
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import ByTable
from services.matcher.domain.criteria.lookup_tables import by_best
from services.matcher.domain.criteria.pool import Pool


def code(pool: Pool) -> ByTable:
    """Best over the mentor's relations.

    A must names the relation the mentee wants instead of their own; ``any`` opens to everyone, their own first.
    """
    open_points = int(pool.told("relation")["asked_any"])

    def points(asked: tuple[str, tuple[str, ...]], lived: str) -> int:
        own, wanted = asked
        near = pool.closeness("relation", own, lived)
        named = [one for one in wanted if one != ANY_RELATION]
        if named:
            return 100 if lived in named else 0
        return max(near, open_points) if wanted else near

    return by_best(
        pool.mentees_say(_asked),
        pool.mentors_say(_lived),
        points,
        hard_from=int(pool.told("relation")["hard_from"]),
    )


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """The relation both live in."""
    return tuple(one for one in mentor.facts.relations if one == mentee.facts.relation)


def _wanted(mentee: Mentee) -> tuple[str, ...]:
    return tuple(sorted(must.value for must in mentee.facts.musts if must.criterion == "relation"))


def _asked(mentee: Mentee, _day: date) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ((mentee.facts.relation, _wanted(mentee)),)


def _lived(mentor: Mentor, _day: date) -> tuple[str, ...]:
    return tuple(one for one in codes("relation") if one in mentor.facts.relations)
