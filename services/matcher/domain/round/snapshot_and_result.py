"""The input and the result of a round."""

from dataclasses import dataclass
from datetime import datetime

from services.matcher.domain.candidates import Mentee, Mentor, Pair
from services.matcher.domain.explain import Part
from services.matcher.domain.weights import Weights
from services.matcher.solver.assignment import Certificate


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything a round depends on; the same snapshot always gives the same result, byte for byte.

    ``mentees`` wait (none has a live match); ``mentors`` are all of the programme, including those without a free
    place, so that causes can distinguish "full" from "no such mentor". A pinned pair is made before all others when it
    breaks no hard rule; a blocked pair is never made. The order of people does not matter.
    """

    programme: str
    at: datetime
    weights: Weights
    mentees: tuple[Mentee, ...]
    mentors: tuple[Mentor, ...]
    pins: frozenset[Pair] = frozenset()
    blocks: frozenset[Pair] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A pair of a round. ``score`` 0 to 100; ``reasons`` are the parts to show to people, best first."""

    mentee_id: str
    mentor_id: str
    score: int
    parts: tuple[Part, ...]
    reasons: tuple[Part, ...]
    pinned: bool = False


@dataclass(frozen=True, kw_only=True)
class Unmatched:
    """A mentee without a mentor in this round, and why.

    ``cause``: ``shortage`` (suitable mentors had free places, all went to others), ``capacity`` (there are mentors whom
    time or the programme excludes: no free place, not ready to start, under the quality floor; ``rules`` name which),
    ``hard_rule`` (the mentee's own wishes exclude every mentor), ``never_possible`` (no mentor in the pool is possible,
    whatever wishes the mentee drops). ``rules`` name what binds, most relevant first.
    """

    mentee_id: str
    cause: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RoundResult:
    """The result of a round; every list in the order of mentee ids.

    ``alternates`` has, for each matched mentee, the next best mentors, best first, to ask after a decline.
    """

    proposals: tuple[Proposal, ...]
    alternates: tuple[tuple[str, tuple[str, ...]], ...]
    unmatched: tuple[Unmatched, ...]
    refused_pins: tuple[Pair, ...]
    certificate: Certificate
    input_hash: str
    result_hash: str
