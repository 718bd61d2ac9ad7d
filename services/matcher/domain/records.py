"""Stored records of rounds, weights and waits, as values."""

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
"""The end of a page of a list: the instant it is sorted by, and the id."""


RoundState = Literal["open", "review", "applied", "given_up", "cancelled", "dropped"]
"""``open``: being decided or applied; ``review``: decided and held for an admin; all others are final.

``given_up``: a person it had read was erased, or it took too long; ``cancelled`` and ``dropped``: by an admin, before
and after it was decided. In these cases no mentor was asked.
"""

RoundMode = Literal["rolling", "review"]
"""``rolling``: mentors are asked as soon as a round has decided; ``review``: once an admin has released it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One run of the matching: its input and result, as hashes and figures.

    ``step`` and ``share`` (0 to 1) are the progress of an open round, about a second old. ``released_at`` is when an
    admin released a round that had been held.
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
    """The decision of a round without reasons: the mentor of each mentee, and the alternates, best first.

    ``released`` is true once an admin has reviewed and released the round.
    """

    released: bool
    pairs: Mapping[str, str]
    alternates: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A new match as it is first stored: with the parts of its score, and the request shape of the mentee."""

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
    """Weights that an admin is working on; ``revision`` counts the saves, ``based_on`` is the version in force then.

    The version inside the weights is the version they would get when published.
    """

    weights: Weights
    revision: int
    based_on: int
    by: str
    saved_at: datetime


PairRuleKind = Literal["pin", "block"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRule:
    """An admin's decision about a pair: ``pin`` makes it before all others, ``block`` forbids it."""

    kind: PairRuleKind
    programme_id: str
    pair: Pair
    by: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A result that a worker computes: when it was last requested, and the latest content, if any."""

    asked_at: datetime
    made_at: datetime | None = None
    content: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class WaitingSpell:
    """One wait: from sign-up, or the end of a try, until a mentor was asked; ``asked_at`` is None while it lasts."""

    since: datetime
    asked_at: datetime | None = None


def looks_of(
    waiting_since: datetime, tries: Iterable[tuple[datetime, datetime | None]], *, looking: bool
) -> tuple[WaitingSpell, ...]:
    """Return a mentee's waits from their tries (asked, ended), in any order; the last wait is open while looking."""
    spells, since = [], waiting_since
    for asked_at, ended_at in sorted(tries, key=lambda attempt: attempt[0]):
        spells.append(WaitingSpell(since, asked_at))
        if ended_at is None:
            return tuple(spells)
        since = ended_at
    return (*spells, WaitingSpell(since)) if looking else tuple(spells)


@dataclass(frozen=True, slots=True, kw_only=True)
class MenteeHistory:
    """The history of a mentee: their waits, when a match became active, how the last match ended.

    ``ended_well`` is None as long as no active match has ended.
    """

    mentee: Mentee
    looks: tuple[WaitingSpell, ...] = ()
    matched_at: datetime | None = None
    ended_well: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A mentee without a live match: since when, and why as of the last round that decided about them.

    ``round_id`` is that round; every later round found the same, or had nothing to decide. It is None before their
    first round, and after they changed what they ask for.
    """

    person_id: str
    programme_id: str
    waiting_since: datetime
    standing: str
    tries: int
    cause: str | None = None
    rules: tuple[str, ...] = ()
    round_id: str | None = None
