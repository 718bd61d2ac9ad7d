"""What is kept of rounds, weights and waits, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from services.matcher.domain.candidates import Mentee, Pair
from services.matcher.domain.match import Match
from services.matcher.domain.weights import Weights

if TYPE_CHECKING:  # the engine is heavy: only the processes that match and explain load it
    from services.matcher.domain.explain import Part

Position = tuple[datetime, str]
"""Where a page of a list ended: the moment it is sorted by, and the id."""


RoundState = Literal["open", "review", "applied", "given_up", "cancelled", "dropped"]
"""``open``: decided or applied now; ``review``: decided, and an admin is to look at it; the others are over.

``given_up``: somebody it had read was erased, or it took too long; ``cancelled`` and ``dropped``: by an admin, before
and after it was decided. Then nobody was asked.
"""

RoundMode = Literal["rolling", "review"]
"""``rolling``: mentors are asked as soon as a round has decided; ``review``: once an admin has released it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One run of the matching: what went in and came out, by hashes and figures.

    ``step`` and ``share`` (0 to 1) say how far an open round is, as of a second ago or so. ``released_at`` is when an
    admin let a round go on that had been held.
    """

    id: str
    programme_id: str
    fence: int
    state: RoundState
    weights_version: int
    opened_at: datetime
    mentees: int
    mentors: int
    applied_at: datetime | None = None
    input_hash: str | None = None
    result_hash: str | None = None
    proposed: int = 0
    unmatched: int = 0
    dropped: int = 0
    certificate: Mapping[str, Any] = field(default_factory=dict)
    step: str | None = None
    share: float | None = None
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOutline:
    """What a round decided, without reasons: the mentor of each mentee, and whom to ask next, best first.

    ``released`` says that an admin has seen it so, and let it go on.
    """

    released: bool
    pairs: Mapping[str, str]
    alternates: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A new match as it is first stored: with the parts of its score, and the shape of the request behind it."""

    match: Match
    parts: tuple[Part, ...]
    score: int
    request_shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedWeights:
    """A version of the weights with who published it, when and why."""

    weights: Weights
    published_at: datetime | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsDraft:
    """Weights that an admin is working on; ``revision`` counts the savings, ``based_on`` is the version in force then.

    The version inside the weights is the one they would get.
    """

    weights: Weights
    revision: int
    based_on: int
    by: str
    saved_at: datetime


PairRuleKind = Literal["pin", "block"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRule:
    """What an admin decided about a pair: ``pin`` makes it before all others, ``block`` never lets it be made."""

    kind: PairRuleKind
    programme_id: str
    pair: Pair
    by: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Something that takes a worker a while: when it was last asked for, and the last that was made, if any."""

    asked_at: datetime
    made_at: datetime | None = None
    content: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class WaitingSpell:
    """A stretch of waiting: from sign-up, or the end of a try, until a mentor was asked; None while it goes on."""

    since: datetime
    asked_at: datetime | None = None


def looks_of(
    waiting_since: datetime, tries: Iterable[tuple[datetime, datetime | None]], *, looking: bool
) -> tuple[WaitingSpell, ...]:
    """The stretches of a mentee from their tries (asked, ended), in any order; the last one goes on while looking."""
    looks, since = [], waiting_since
    for asked_at, ended_at in sorted(tries, key=lambda one: one[0]):
        looks.append(WaitingSpell(since, asked_at))
        if ended_at is None:
            return tuple(looks)
        since = ended_at
    return (*looks, WaitingSpell(since)) if looking else tuple(looks)


@dataclass(frozen=True, slots=True, kw_only=True)
class MenteeHistory:
    """A mentee's way so far: how they waited, when both had said yes, how the last match ended.

    ``ended_well`` is None while nothing that was active has ended.
    """

    mentee: Mentee
    looks: tuple[WaitingSpell, ...] = ()
    matched_at: datetime | None = None
    ended_well: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A mentee without a live match: since when, and why as of the last round that decided about them.

    ``round_id`` is that round; every one since has found the same, or had nothing to decide. None before their first
    round, and after they asked for something else.
    """

    person_id: str
    programme_id: str
    waiting_since: datetime
    standing: str
    tries: int
    cause: str | None = None
    rules: tuple[str, ...] = ()
    round_id: str | None = None
