"""Whether a mentor can take one more request: the single rule on places, used everywhere.

A mentor's *capacity* is how many people they accompany at the same time; one match takes one place, always, and the
round never goes above it. Hours a month add a limit per request shape, in people: with ``h`` hours, at most
``h // 3`` long hauls, at most ``h // 2`` long hauls and few-chats together (at least one where there is a place), and
any number of one-thing requests within the capacity. So 4 hours and 3 places take three small requests, or two of a
few chats and a small one, but one long haul only. Each limit counts the live matches too.

The three sets of shapes are nested, so the people a mentor can take together are the independent sets of a laminar
matroid: ``Capacity.takes`` decides one request at a time, and ``Capacity.seats`` expresses the same limits as capacity
classes, the columns of the solver (Hall's theorem). This is exact for the limits as stated; it is not a knapsack over
hours: the hours of a mixed load are bounded (under twice ``h``), not summed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from services.events.vocabulary import codes
from services.matcher.domain.candidates import Mentor, cached_per_person

_HOURS = {"long_haul": 3, "a_few_chats": 2, "one_thing": 1}
_USUAL = "a_few_chats"  # the shape that a live match of unknown shape counts as


@dataclass(frozen=True)
class Limit:
    """At most ``people`` more, of those who ask for one of these shapes."""

    people: int
    shapes: frozenset[str]


@dataclass(frozen=True)
class Capacity:
    """The requests a mentor can still take: the shapes they accept, and nested limits, widest first."""

    accepted: frozenset[str]
    limits: tuple[Limit, ...]

    def takes(self, shape: str, beside: Sequence[str] = ()) -> bool:
        """Return whether a request of this shape has a place beside the live matches and beside these shapes.

        ``beside`` are the shapes of people already placed with the mentor in the same assignment.
        """
        if shape not in self.accepted:
            return False
        return all(
            sum(other_shape in limit.shapes for other_shape in beside) < limit.people
            for limit in self.limits
            if shape in limit.shapes
        )

    def takes_all(self, shapes: Sequence[str]) -> bool:
        """Return whether requests of these shapes have places together, beside the live matches."""
        return all(self.takes(shape, shapes[:place]) for place, shape in enumerate(shapes))

    @cached_property
    def seats(self) -> tuple[tuple[int, frozenset[str]], ...]:
        """Return the limits as capacity classes, most shapes first: ``(2, {...})`` are two places for these shapes.

        People can be taken together exactly when each can have a place of their own.
        """
        narrower = [*self.limits[1:], Limit(0, frozenset())]
        cut = [
            (limit.people - inner.people, self.accepted - inner.shapes)
            for limit, inner in zip(self.limits, narrower, strict=True)
        ]
        return tuple((seats, shapes) for seats, shapes in reversed(cut) if seats > 0 and shapes)

    @property
    def places(self) -> int:
        """Return how many more people the mentor can take at most, whatever they ask for."""
        return sum(seats for seats, _ in self.seats)


@cached_per_person
def capacity_of(mentor: Mentor) -> Capacity:
    """Return the capacity that a mentor's live matches leave."""
    return _capacity(mentor.free, mentor.facts.hours_per_month, _live(mentor), accepted_shapes(mentor))


def has_free_place(mentor: Mentor, shape: str, beside: Sequence[str] = ()) -> bool:
    """Return whether a mentor has a free place for a request of this shape (see ``Capacity.takes``)."""
    return capacity_of(mentor).takes(shape, beside)


def accepted_shapes(mentor: Mentor) -> frozenset[str]:
    """Return the shapes a mentor takes; naming none means any."""
    return frozenset(mentor.facts.request_shapes or codes("request_shape"))


def with_match(mentor: Mentor, shape: str) -> Mentor:
    """Return the mentor with one more live match."""
    return replace(mentor, taken=mentor.taken + 1, shapes_taken=(*_live(mentor), shape))


@lru_cache(maxsize=4096)  # mentors differ little in these four values
def _capacity(free: int, hours: int | None, live: tuple[str, ...], accepted: frozenset[str]) -> Capacity:
    limits = [Limit(free, frozenset(_HOURS))]
    for shapes in (frozenset({"long_haul", "a_few_chats"}), frozenset({"long_haul"})):
        left = limits[-1].people
        if hours is not None:
            allowed = max(1, hours // min(_HOURS[shape] for shape in shapes))
            left = max(0, min(left, allowed - sum(shape in shapes for shape in live)))
        limits.append(Limit(left, shapes))
    return Capacity(accepted, tuple(limits))


def _live(mentor: Mentor) -> tuple[str, ...]:
    known = mentor.shapes_taken[: mentor.taken]
    return known + (_USUAL,) * (mentor.taken - len(known))
