"""The interfaces that use cases need; ``adapters`` implement them on tables, tests in memory.

A ``Store`` is one open transaction: rows that are changed are locked, and everything saved and published is committed
together.
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
from services.matcher.ports.weights import WeightsVersions

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
    "WeightsVersions",
]


class Pool(Protocol):
    """The people that the matcher knows."""

    def expect(self, person_ids: Sequence[str]) -> None:
        """Read and lock people whose events are about to be applied, in one go."""

    def member(self, person_id: str, *, lock: bool = False) -> KnownPerson | None:
        """Return the person, or None; ``lock`` keeps others from changing them until the transaction ends."""

    def keep(self, member: KnownPerson) -> None:
        """Store a new or changed person, written at the end of the transaction. Taken places stay as they are."""

    def forget(self, person_id: str, version: int) -> None:
        """Delete everything about a person; remember only that later events about them are ignored."""

    def as_mentees(self, person_ids: Sequence[str]) -> Mapping[str, Mentee]:
        """Return those of these people who wait now, as a round sees them, locked until the transaction ends."""

    def as_mentors(self, person_ids: Sequence[str]) -> Mapping[str, Mentor]:
        """Return those of these people who are mentors, as a round sees them, locked until the transaction ends."""

    def is_forgotten(self, person_id: str) -> bool:
        """Return whether the person was erased."""

    def any_forgotten(self, person_ids: Sequence[str], since: datetime) -> bool:
        """Whether one of these people was erased after a moment, or shortly before it."""

    def keep_apart(self, mentee_id: str, mentor_id: str, cause: str) -> None:
        """Never propose these two to each other again."""

    def first_request(self, programme_id: str) -> bool:
        """Return whether a replay of people is still to be requested; True once per database and programme."""


class Waits(Protocol):
    """Who waits, since when, and why."""

    def programmes(self) -> Sequence[str]:
        """Return the programmes in which people wait."""

    def waiting(self, programme_id: str, *, after: Position | None, limit: int) -> Sequence[Waiting]:
        """List people who wait, longest first, after a position."""

    def wait_of(self, person_id: str) -> Waiting | None:
        """Return a mentee's wait, also during a live match; None for anyone else."""

    def list_late_unreported(self, programme_id: str, since: datetime) -> Sequence[Waiting]:
        """List people waiting since ``since`` or longer whose broken promise was not reported yet."""

    def mark_reported(self, mentee_id: str) -> None:
        """Remember that a mentee's broken promise was reported."""

    def reasons(self, programme_id: str) -> Mapping[str, Reason]:
        """Return why each mentee who looks for a mentor waits, as far as rounds have decided."""

    def note(self, round_id: str, left: Sequence[Unmatched]) -> None:
        """Store why a round left people waiting."""

    def clear_reason(self, mentee_id: str) -> None:
        """Delete the reason for a mentee's wait: their wishes changed, and no round has seen them yet."""

    def causes(self, programme_id: str) -> Mapping[str | None, int]:
        """Return the number of people waiting per cause; None counts those whom no round has seen yet."""

    def histories(self, programme_id: str, last: int) -> Sequence[MenteeHistory]:
        """Return the histories of the ``last`` mentees who signed up and have not left, the latest first."""

    def history_of(self, person_id: str) -> MenteeHistory | None:
        """Return a mentee's history; None for anyone else, and for those who left."""

    def until_asked(self, programme_id: str, last: int) -> Sequence[float]:
        """Return the seconds from sign-up to the first proposal, of the ``last`` mentees."""


class Store(Protocol):
    """One open transaction of the matcher."""

    @property
    def pool(self) -> Pool:
        """See ``Pool``."""

    @property
    def places(self) -> Places:
        """See ``Places``."""

    @property
    def waits(self) -> Waits:
        """See ``Waits``."""

    @property
    def matches(self) -> Matches:
        """See ``Matches``."""

    @property
    def rounds(self) -> Rounds:
        """See ``Rounds``."""

    @property
    def weights(self) -> WeightsVersions:
        """See ``WeightsVersions``."""

    @property
    def pairs(self) -> Pairs:
        """See ``Pairs``."""

    @property
    def reports(self) -> Reports:
        """See ``Reports``."""

    @property
    def now(self) -> datetime:
        """The database's time."""

    def end_sessions(self, *sessions: str) -> None:
        """Refuse the access tokens of these sessions from now on."""

    def publish(self, *events: Event) -> None:
        """Publish events to the other services, once the transaction is committed."""

    def enqueue(
        self, kind: str, key: str, *, due_at: datetime | None = None, payload: Mapping[str, Any] | None = None
    ) -> None:
        """Queue a job."""

    def audit(
        self, action: str, subject: str, *, by: str, reason: str | None = None, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Record who did what."""


class UnitOfWork(Protocol):
    """Opens transactions."""

    def begin(self, *, read_only: bool = False) -> AbstractContextManager[Store]:
        """Open a transaction, or join the one open in this thread."""
