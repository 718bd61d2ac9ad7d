"""A shared language, at a level both can use: the mentee's preferred one first, their own variety first."""

from functools import cache

from langcodes import Language, tag_distance

from services.events.facts import Spoken
from services.matcher.domain.features.coded import ByTable
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.tables import by_best
from services.matcher.domain.people import Mentee, Mentor

Ranked = tuple[int, Spoken]


def code(pool: Pool) -> ByTable:
    """Best over all pairs of languages: rank for the mentee x weaker level x nearness of the variety."""

    def points(asked: Ranked, spoken: Spoken) -> int:
        rank, wanted = asked
        ranks = pool.told("language")["ranks"]
        return int(ranks[min(rank, len(ranks) - 1)]) * understanding(pool, wanted, spoken) // 100

    return by_best(
        [tuple(enumerate(mentee.facts.languages)) for mentee in pool.mentees],
        [mentor.facts.languages for mentor in pool.mentors],
        points,
    )


def shared(mentee: Mentee, mentor: Mentor, pool: Pool) -> tuple[str, ...]:
    """The mentee's tags that the mentor speaks."""
    return tuple(
        wanted.tag
        for wanted in mentee.facts.languages
        if any(understanding(pool, wanted, spoken) > 0 for spoken in mentor.facts.languages)
    )


def understanding(pool: Pool, one: Spoken, other: Spoken) -> int:
    """How well two people talk in two languages or varieties, 0 (not enough) to 100."""
    told = pool.told("language")
    level = min(int(told["levels"].get(one.level, 0)), int(told["levels"].get(other.level, 0)))
    distance = variety_distance(one.tag, other.tag)
    nearness = next((int(points) for most, points in told["varieties"] if distance <= most), 0)
    return level * nearness // 100


@cache
def variety_distance(one: str, other: str) -> int:
    """CLDR's distance between two tags, 0 for the same; the script counts little, since people mostly talk."""
    if one == other:
        return 0
    first, second = Language.get(one), Language.get(other)
    if first.language == second.language and first.script != second.script:
        return max(5, tag_distance(_unscripted(first), _unscripted(second)))
    return tag_distance(one, other)


def _unscripted(language: Language) -> str:
    return Language.make(language=language.language, territory=language.territory).to_tag()
