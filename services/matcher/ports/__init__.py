"""What the use cases need of the world, by name only; `adapters` implement it, tests have it in memory.

One `Store` is one open transaction: what is read is locked as far as it is changed, and everything saved and told
becomes true together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from services.chassis.messages.event import Event
from services.matcher.domain.candidates import Mentee, Mentor
from services.matcher.domain.known_person import KnownPerson
from services.matcher.domain.records import (
    MenteeHistory,
    Offer,
    PairRule,
    Position,
    PublishedWeights,
    Report,
    Round,
    RoundOutline,
    Waiting,
    WeightsDraft,
)
from services.matcher.ports.matches import Matches, Places
from services.matcher.ports.pairs import Pairs
from services.matcher.ports.reports import Reports
from services.matcher.ports.rounds import Rounds
from services.matcher.ports.weights import WeightsShelf

if TYPE_CHECKING:  # the engine is heavy: only the processes that match and explain load it
    from services.matcher.domain.round import Reason, Unmatched

__all__ = [
    "Matches",
    "MenteeHistory",
    "Offer",
    "PairRule",
    "Pairs",
    "Places",
    "Pool",
    "Position",
    "PublishedWeights",
    "Report",
    "Reports",
    "Round",
    "RoundOutline",
    "Rounds",
    "Store",
    "UnitOfWork",
    "Waiting",
    "Waits",
    "WeightsDraft",
    "WeightsShelf",
]


class Pool(Protocol):
    """Everybody the matcher knows."""

    def expect(self, person_ids: Sequence[str]) -> None:
        """Read people at once and lock them, of whom events are about to be heard."""

    def member(self, person_id: str, *, lock: bool = False) -> KnownPerson | None:
        """The person, or None; ``lock`` keeps others from changing them until the transaction ends."""

    def keep(self, member: KnownPerson) -> None:
        """Store a person whole, new or changed, at the end. The places taken stay as they are."""

    def forget(self, person_id: str, version: int) -> None:
        """Remove everything about a person and remember only that nothing of them is to be taken in again."""

    def as_mentees(self, person_ids: Sequence[str]) -> Mapping[str, Mentee]:
        """Those who wait now, as a round sees them, locked until the transaction ends; the others are left out."""

    def as_mentors(self, person_ids: Sequence[str]) -> Mapping[str, Mentor]:
        """The mentors as a round sees them, locked until the transaction ends; the others are left out."""

    def is_forgotten(self, person_id: str) -> bool:
        """Whether the person was erased."""

    def any_forgotten(self, person_ids: Sequence[str], since: datetime) -> bool:
        """Whether one of these people was erased after a moment, or shortly before it."""

    def keep_apart(self, mentee_id: str, mentor_id: str, cause: str) -> None:
        """Never propose these two to each other again."""

    def first_request(self, programme_id: str) -> bool:
        """Whether nobody asked profiles yet to say everybody again; True once per database and programme."""


class Waits(Protocol):
    """Who waits, since when and why."""

    def programmes(self) -> Sequence[str]:
        """The programmes in which somebody waits."""

    def waiting(self, programme_id: str, *, after: Position | None, limit: int) -> Sequence[Waiting]:
        """Everybody who waits, longest first, behind a position."""

    def wait_of(self, person_id: str) -> Waiting | None:
        """How a mentee waits; also while they have a live match. None for anyone else."""

    def not_told_of(self, programme_id: str, since: datetime) -> Sequence[Waiting]:
        """Those who wait since a moment or longer, of whom it was not told yet that their promise has run out."""

    def mark_told(self, mentee_id: str) -> None:
        """Remember that it was told of a mentee that their promise has run out."""

    def reasons(self, programme_id: str) -> Mapping[str, Reason]:
        """Why each of those who look for a mentor waits, as far as rounds told."""

    def note(self, round_id: str, left: Sequence[Unmatched]) -> None:
        """Keep why a round left people waiting."""

    def look_again(self, mentee_id: str) -> None:
        """Forget why somebody waits: they ask for something else now, and no round has looked yet."""

    def causes(self, programme_id: str) -> Mapping[str | None, int]:
        """How many wait for each cause; None counts those whom no round has seen yet."""

    def courses(self, programme_id: str, last: int) -> Sequence[MenteeHistory]:
        """The ways of the mentees who signed up last, up to so many, the latest first; not of those who left."""

    def course_of(self, person_id: str) -> MenteeHistory | None:
        """A mentee's own way; None for anyone else, and for those who left."""

    def until_asked(self, programme_id: str, last: int) -> Sequence[float]:
        """Seconds from sign-up to the first proposal, of the last so many mentees."""


class Store(Protocol):
    """One open transaction of the matcher."""

    @property
    def pool(self) -> Pool:
        """See `Pool`."""

    @property
    def places(self) -> Places:
        """See `Places`."""

    @property
    def waits(self) -> Waits:
        """See `Waits`."""

    @property
    def matches(self) -> Matches:
        """See `Matches`."""

    @property
    def rounds(self) -> Rounds:
        """See `Rounds`."""

    @property
    def weights(self) -> WeightsShelf:
        """See `WeightsShelf`."""

    @property
    def pairs(self) -> Pairs:
        """See `Pairs`."""

    @property
    def reports(self) -> Reports:
        """See `Reports`."""

    @property
    def now(self) -> datetime:
        """The database's time."""

    def publish(self, *events: Event) -> None:
        """Tell the other services, once the transaction is committed."""

    def enqueue(
        self, kind: str, key: str, *, due_at: datetime | None = None, payload: Mapping[str, Any] | None = None
    ) -> None:
        """Ask for a job."""

    def audit(
        self, action: str, subject: str, *, by: str, reason: str | None = None, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Record who did what."""


class UnitOfWork(Protocol):
    """Opens transactions."""

    def begin(self, *, read_only: bool = False) -> AbstractContextManager[Store]:
        """Open one, or join the one open in this thread."""
