"""What goes into a round, and what comes out."""

from dataclasses import dataclass
from datetime import datetime

from services.matcher.domain.candidates import Mentee, Mentor, Pair
from services.matcher.domain.explain import Part
from services.matcher.domain.weights import Weights


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything a round depends on; the same snapshot always gives the same result, byte for byte.

    ``mentees`` wait (nobody with a live match); ``mentors`` are all of the programme, those without a free place too,
    so that reasons can tell "full" from "nobody like that". A pinned pair is made before all others when it breaks no
    hard rule; a blocked pair is never made. The order of people does not matter.
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
    """A pair the round made. ``score`` 0 to 100; ``reasons`` are the parts to tell people, best first."""

    mentee_id: str
    mentor_id: str
    score: int
    parts: tuple[Part, ...]
    reasons: tuple[Part, ...]
    pinned: bool = False


@dataclass(frozen=True, kw_only=True)
class Unmatched:
    """A person without a mentor this time, and why.

    ``cause``: ``shortage`` (suitable mentors had free places, all went to others), ``capacity`` (mentors are there
    whom time or the programme keeps away: no free place, not ready to start, under the quality floor; ``rules`` say
    which), ``hard_rule`` (a wish of the person's own rules everyone out), ``never_possible`` (nobody in the pool could,
    whatever the person gave up). ``rules`` name what binds, most telling first.
    """

    mentee_id: str
    cause: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The assignment's certificate: ``primal == dual`` with no violation proves that no answer is worth more."""

    primal: int
    dual: int
    violations: int

    @property
    def optimal(self) -> bool:
        """Whether the answer is proved best."""
        return self.violations == 0 and self.primal == self.dual


@dataclass(frozen=True, kw_only=True)
class RoundResult:
    """What a round decided; every list in the order of mentee ids.

    ``alternates`` holds, for each matched mentee, the next best mentors, best first: who is asked after a decline.
    """

    proposals: tuple[Proposal, ...]
    alternates: tuple[tuple[str, tuple[str, ...]], ...]
    unmatched: tuple[Unmatched, ...]
    refused_pins: tuple[Pair, ...]
    certificate: Proof
    input_hash: str
    result_hash: str
