"""A way to talk that both can use; phone and meeting count most for people new to talking online (G14, G19)."""

from datetime import date

from services.events.vocabulary import codes
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.encoding import ByTable
from services.matcher.domain.criteria.lookup_tables import by_best
from services.matcher.domain.criteria.pool import Pool


def code(pool: Pool) -> ByTable:
    """Encode the best shared way, by the mentee's digital comfort; naming fewer ways never gains points."""
    best = pool.data("format")["best"]

    def points(asked: tuple[str, str], offered: str) -> int:
        comfort, way = asked
        return int(best.get(comfort, best["easy"])[way]) if way == offered else 0

    return by_best(pool.mentee_answers(_asked), pool.mentor_answers(_offered), points)


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """Return the ways the mentee named that the mentor offers too."""
    offered = ways(mentor.facts.formats)
    return tuple(way for way in mentee.facts.formats if way in offered)


def ways(named: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ways to talk that a person accepts; naming none means any."""
    return tuple(way for way in codes("format") if not named or way in named)


def _asked(mentee: Mentee, _day: date) -> tuple[tuple[str, str], ...]:
    comfort = mentee.facts.digital_comfort or "easy"
    return tuple((comfort, way) for way in ways(mentee.facts.formats))


def _offered(mentor: Mentor, _day: date) -> tuple[str, ...]:
    return ways(mentor.facts.formats)
