"""Places, and what kinds of request they take: why a short request costs a mentor less than a long one.

A mentor's *capacity* is how many people they accompany at the same time; one match takes one place, always, and the
round never goes above it. Hours a month add a limit per request shape, in people: with ``h`` hours, at most
``h // 3`` long hauls, at most ``h // 2`` long hauls and few-chats together (at least one where there is a place), and
any number of one-thing requests within the capacity. So 4 hours and 3 places take three small requests, or two of a
few chats and a small one, but one long haul only. Each limit counts the live matches too.

The three sets are nested (long hauls, those and few-chats, all), so the limits are the same as cutting the free places
into three kinds of *seat*: whole ones that take any shape, middle ones that take short shapes, small ones that take
one-thing requests only (Hall's theorem; a laminar family keeps the transportation problem integral). The kernel sees a
mentor with differing limits as up to three columns. This is exact for the limits as stated; it is not a knapsack over
hours: the hours of a mixed load are bounded (under twice ``h``), not summed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.events.vocabulary import codes
from services.matcher.domain.arrays import I64, U64
from services.matcher.domain.people import Mentor, kept

HOURS = {"long_haul": 3, "a_few_chats": 2, "one_thing": 1}
_USUAL = "a_few_chats"
Cut = tuple[tuple[int, frozenset[str]], ...]  # (seats, shapes they take)


@dataclass(frozen=True)
class Seats:
    """Columns of the kernel: ``mentor_rows[k]`` has ``places[k]`` seats that take the shapes in ``masks[k]``."""

    mentor_rows: I64  # (K,)
    places: I64  # (K,)
    masks: U64  # (K,) bit s: takes the vocabulary's shape s

    def of(self, mentor_row: int) -> I64:
        """The columns of a mentor."""
        return np.flatnonzero(self.mentor_rows == mentor_row)


def cut_seats(mentors: Sequence[Mentor]) -> Seats:
    """Cut the free places of all mentors; who has none free gets no column."""
    rows, places, masks = [], [], []
    for row, mentor in enumerate(mentors):
        for seats, shapes in cut(mentor):
            rows.append(row)
            places.append(seats)
            masks.append(shape_mask(shapes))
    return Seats(np.array(rows, dtype=np.int64), np.array(places, dtype=np.int64), np.array(masks, dtype=np.uint64))


@kept
def cut(mentor: Mentor) -> Cut:
    """The free places of one mentor by what they take, widest first; shapes the mentor declined are left out."""
    free = mentor.free
    long_hauls, middle = _left(mentor, ("long_haul",)), _left(mentor, ("long_haul", "a_few_chats"))
    middle = min(free, middle)
    whole = min(middle, long_hauls)
    takes = accepted_shapes(mentor)
    kinds = (
        (whole, takes),
        (middle - whole, takes - {"long_haul"}),
        (free - middle, takes & {"one_thing"}),
    )
    return tuple((seats, shapes) for seats, shapes in kinds if seats > 0 and shapes)


def accepted_shapes(mentor: Mentor) -> frozenset[str]:
    """The shapes a mentor takes; naming none means any."""
    return frozenset(mentor.facts.request_shapes or codes("request_shape"))


def shape_mask(shapes: frozenset[str]) -> int:
    """Shapes as bits, in the order of the vocabulary."""
    return sum(1 << place for place, shape in enumerate(codes("request_shape")) if shape in shapes)


def _left(mentor: Mentor, shapes: tuple[str, ...]) -> int:
    """How many more people with these shapes the hours allow."""
    hours = mentor.facts.hours_per_month
    if hours is None:
        return mentor.free
    allowed = max(1, hours // min(HOURS[shape] for shape in shapes))
    known = mentor.shapes_taken[: mentor.taken]
    unknown = (_USUAL,) * (mentor.taken - len(known))
    return max(0, allowed - sum(shape in shapes for shape in known + unknown))
