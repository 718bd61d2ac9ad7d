"""Criteria on sets of tags, scored so that ticking more tags never pays.

The points of a pair are the mean, over the mentee's asks, of how well the mentor covers each. A mentor has a
*breadth*: up to that many tags count fully, beyond it each counts less (in quarters), so that a mentor who ticks
everything is not the best mentor for everyone. No mentor covers more than half of what can be asked for, near tags
included: where they would, each of their tags counts less. No ask is neutral, so asking for everything never beats
asking for nothing, whatever closeness a programme sets.

Each tag is four bits of a 64-bit word: a mentee who asks for it sets all four, a mentor one per quarter covered. The
number of shared bits is the number of quarters, and a curve per number of asks turns it into points.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from services.events.vocabulary import codes
from services.matcher.domain.criteria.encoding import NEUTRAL, ByBits, one_word
from services.matcher.domain.criteria.lookup_tables import distinct, masks
from services.matcher.domain.criteria.pool import Pool
from services.matcher.solver.arrays import I32, U64

QUARTERS = 4
_TAGS = 64 // QUARTERS
Tags = tuple[str, ...] | frozenset[str]
Near = tuple[tuple[int, ...], ...]  # points by asked tag (rows) and lived tag
_FIRST_BITS = np.uint64(0x1111111111111111)  # the first quarter of every tag: covered at all
_UNSAID = np.uint64(0b10)  # none of the first bits: a mentee without asks passes the rule with everyone


def by_tags(pool: Pool, criterion: str, mentees: Sequence[Tags], mentors: Sequence[Tags]) -> ByBits:
    """Encode the tags of both sides in any order; as a hard rule, the mentor covers an ask at least a little."""
    tags = codes(pool.data(criterion)["axis"])
    if len(tags) > _TAGS:
        raise ValueError(f"{criterion}: {len(tags)} tags do not fit one word of {_TAGS}; give it two criteria")
    asked_sets, mentee_codes = _distinct_sets(mentees)
    lived_sets, mentor_codes = _distinct_sets(mentors)
    near = tuple(tuple(pool.closeness(criterion, tag, own) for own in tags) for tag in tags)
    breadth = int(pool.data(criterion)["breadth"])
    asks = [tag not in pool.data(criterion).get("not_an_ask", ()) for tag in tags]
    asked = masks([sum(0b1111 << QUARTERS * tags.index(tag) for tag in tag_set) for tag_set in asked_sets])
    bits_of = _coded_before(criterion, near)
    for tag_set in lived_sets:
        if tag_set not in bits_of:
            bits_of[tag_set] = _lived(tags, near, asks, breadth, tag_set)
    lived = masks([bits_of[tag_set] for tag_set in lived_sets])
    mentee_bits, mentor_bits = asked[mentee_codes], lived[mentor_codes]
    counts = np.array([len(tag_set) for tag_set in asked_sets], dtype=np.int64)
    return ByBits(
        mentee_bits[np.newaxis],
        mentor_bits[np.newaxis],
        np.array([_curve(count) for count in range(len(tags) + 1)], dtype=np.int32),
        counts[mentee_codes],
        one_word(_asks_any(mentee_bits), (mentor_bits & _FIRST_BITS) | _UNSAID),
    )


def _distinct_sets(people: Sequence[Tags]) -> tuple[list[frozenset[str]], I32]:
    """Return the distinct sets of tags, and the code of each person's set."""
    lists, codes_of_lists = distinct(people)
    sets, codes_of_sets = distinct(list(map(frozenset, lists)))
    return sets, codes_of_sets[codes_of_lists]


def quarters_each(breadth: int, ticked: int) -> int:
    """Return how many quarters each tag of a mentor counts, by how many they ticked."""
    return QUARTERS if ticked <= breadth else max(1, QUARTERS * breadth // ticked)


@lru_cache(maxsize=64)
def _coded_before(_criterion: str, _near: Near) -> dict[frozenset[str], int]:
    """Return the cache of encoded tag sets for these closeness tables; 65,536 sets at most."""
    return {}


def _lived(tags: Sequence[str], near: Near, asks: Sequence[bool], breadth: int, ticked: frozenset[str]) -> int:
    lived = [place for place, tag in enumerate(tags) if tag in ticked]
    best = [max((closeness[place] for place in lived), default=0) for closeness in near]
    each = quarters_each(breadth, len(ticked))
    while each > 1 and sum(each * points // 100 for points, ask in zip(best, asks, strict=True) if ask) > 2 * sum(asks):
        each -= 1
    return sum(((1 << (each * points // 100)) - 1) << QUARTERS * place for place, points in enumerate(best))


def _curve(asks: int) -> list[int]:
    if asks == 0:
        return [NEUTRAL] * 65
    full = QUARTERS * asks
    return [min(100, (200 * quarters + full) // (2 * full)) for quarters in range(65)]


def _asks_any(bits: U64) -> U64:
    return np.where(bits == 0, _UNSAID, bits & _FIRST_BITS)
