"""A shared language, at a level both can use: the mentee's preferred one first, their own variety first.

A sign language counts only where the two can see each other: they share a way to talk listed in ``signed_in``. Which
languages are signed is data too (``signed``, from the IANA registry of language subtags).
"""

from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from langcodes import Language, tag_distance

from services.events.facts import Spoken
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.criteria.each.format import ways
from services.matcher.domain.criteria.encoding import ByTable
from services.matcher.domain.criteria.lookup_tables import by_best
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.weights import criterion_data


class Signed(NamedTuple):
    """A sign language of a person, and the ways to talk in which they can be seen."""

    language: Spoken
    seen: frozenset[str]


Used = Spoken | Signed
Ranked = tuple[int, Used]


def code(pool: Pool) -> ByTable:
    """Encode the best over all pairs of languages: rank for the mentee x weaker level x nearness of the variety."""

    def points(asked: Ranked, used: Used) -> int:
        rank, wanted = asked
        ranks = pool.data("language")["ranks"]
        return int(ranks[min(rank, len(ranks) - 1)]) * _together(wanted, used) // 100

    return by_best(pool.mentee_answers(_ranked), pool.mentor_answers(_spoken), points)


def shared(mentee: Mentee, mentor: Mentor, _pool: Pool) -> tuple[str, ...]:
    """Return the mentee's tags in which the two can talk."""
    offered = _used(mentor)
    return tuple(
        spoken.tag
        for spoken, wanted in zip(mentee.facts.languages, _used(mentee), strict=True)
        if any(_together(wanted, used) > 0 for used in offered)
    )


def _ranked(mentee: Mentee, _day: date) -> tuple[Ranked, ...]:
    return tuple(enumerate(_used(mentee)))


def _spoken(mentor: Mentor, _day: date) -> tuple[Used, ...]:
    return _used(mentor)


SHARED_BY = _ranked, _spoken


def _used(person: Mentee | Mentor) -> tuple[Used, ...]:
    languages = person.facts.languages
    for language in languages:
        if is_signed(language.tag):
            break
    else:  # the usual case: no sign language, nothing to build
        return languages
    seen = frozenset(ways(person.facts.formats)) & frozenset(criterion_data("language")["signed_in"])
    return tuple(Signed(language, seen) if is_signed(language.tag) else language for language in languages)


def _together(first: Used, second: Used) -> int:
    """Return how well two people can talk, 0 to 100, by the language each uses and how they can be seen."""
    match first, second:
        case Signed(), Signed():
            return understanding(first.language, second.language) if first.seen & second.seen else 0
        case Spoken(), Spoken():
            return understanding(first, second)
        case _:
            return 0


@cache
def is_signed(tag: str) -> bool:
    """Return whether a tag is of a sign language."""
    return Language.get(tag).language in criterion_data("language")["signed"]


def understanding(first: Spoken, second: Spoken) -> int:
    """Return how well two people understand each other, 0 (not enough) to 100, each using one language."""
    return _understanding(first.tag, first.level, second.tag, second.level)


@lru_cache(maxsize=50_000)
def _understanding(first_tag: str, first_level: str, second_tag: str, second_level: str) -> int:
    data = criterion_data("language")
    level = min(int(data["levels"].get(first_level, 0)), int(data["levels"].get(second_level, 0)))
    distance = variety_distance(first_tag, second_tag)
    nearness = next((int(points) for most, points in data["varieties"] if distance <= most), 0)
    return level * nearness // 100


@cache
def variety_distance(first_tag: str, second_tag: str) -> int:
    """Return CLDR's distance of two tags, 0 for the same; the script counts little, since people mostly talk."""
    if first_tag == second_tag:
        return 0
    first, second = Language.get(first_tag), Language.get(second_tag)
    if first.language == second.language and first.script != second.script:
        return max(5, tag_distance(_unscripted(first), _unscripted(second)))
    return tag_distance(first_tag, second_tag)


def _unscripted(language: Language) -> str:
    return Language.make(language=language.language, territory=language.territory).to_tag()
