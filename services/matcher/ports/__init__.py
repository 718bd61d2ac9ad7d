"""What the use cases need of the world, by name only; `adapters` implement it, tests have it in memory.

One `Store` is one open transaction: what is read is locked as far as it is changed, and everything saved and told
becomes true together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from services.chassis.event import Event
from services.matcher.domain.match import Match
from services.matcher.domain.member import Member
from services.matcher.domain.people import Mentee, Mentor
from services.matcher.domain.records import (
    Course,
    PairRule,
    Position,
    PublishedWeights,
    Report,
    Round,
    Waiting,
    WeightsDraft,
)
from services.matcher.ports.pairs import Pairs
from services.matcher.ports.reports import Reports
from services.matcher.ports.weights import WeightsShelf

if TYPE_CHECKING:  # the engine is heavy: only the processes that match and explain load it
    from services.matcher.domain.explain import Part
    from services.matcher.domain.round import RoundResult, Snapshot

__all__ = [
    "Course",
    "Matches",
    "PairRule",
    "Pairs",
    "Places",
    "Pool",
    "Position",
    "PublishedWeights",
    "Report",
    "Reports",
    "Round",
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

    def member(self, person_id: str, *, lock: bool = False) -> Member | None:
        """The person, or None; ``lock`` keeps others from changing them until the transaction ends."""

    def keep(self, member: Member) -> None:
        """Store a person whole, new or changed. The places taken stay as they are."""

    def forget(self, person_id: str, version: int) -> None:
        """Remove everything about a person and remember only that nothing of them is to be taken in again."""

    def as_mentees(self, person_ids: Sequence[str]) -> Mapping[str, Mentee]:
        """Those who wait now, as a round sees them, locked until the transaction ends; the others are left out."""

    def as_mentors(self, person_ids: Sequence[str]) -> Mapping[str, Mentor]:
        """The mentors as a round sees them, with the places they have now; the others are left out."""

    def is_forgotten(self, person_id: str) -> bool:
        """Whether the person was erased."""

    def keep_apart(self, mentee_id: str, mentor_id: str, cause: str) -> None:
        """Never propose these two to each other again."""

    def first_request(self, programme_id: str) -> bool:
        """Whether nobody asked profiles yet to say everybody again; True once per database and programme."""


class Places(Protocol):
    """The places that mentors have: counted where they are taken, so that none is given twice."""

    def take(self, mentor_id: str) -> bool:
        """Take one place of a mentor if one is free and the mentor may be asked; False otherwise."""

    def free(self, mentor_id: str) -> None:
        """Give a place back."""

    def of(self, mentor_id: str) -> tuple[int, int]:
        """(taken, capacity) of a mentor."""

    def count_lapse(self, mentor_id: str) -> int:
        """One more offer went unanswered; returns how many in a row."""

    def rest(self, mentor_id: str, until: datetime | None) -> None:
        """Let a mentor rest until a moment; None ends the rest. Either way their lapses are counted afresh."""

    def wake(self) -> Sequence[str]:
        """End the pauses and rests that are over; returns the programmes concerned."""


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

    def causes(self, programme_id: str) -> Mapping[str | None, int]:
        """How many wait for each cause; None counts those whom no round has seen yet."""

    def courses(self, programme_id: str, last: int) -> Sequence[Course]:
        """The ways of the mentees who signed up last, up to so many, the latest first; not of those who left."""

    def until_asked(self, programme_id: str, last: int) -> Sequence[float]:
        """Seconds from sign-up to the first proposal, of the last so many mentees."""


class Matches(Protocol):
    """The matches, live and ended."""

    def get(self, match_id: str, *, lock: bool = False) -> Match:
        """The match; raises NotFound."""

    def listed(
        self,
        programme_id: str,
        person_id: str | None,
        *,
        state: str | None = None,
        after: Position | None = None,
        limit: int,
    ) -> Sequence[Match]:
        """The matches that a person may know of (None: everybody's), the latest proposed first, behind a position."""

    def by_state(self, programme_id: str) -> Mapping[str, int]:
        """How many matches are in each state."""

    def known(self, match_ids: Sequence[str]) -> frozenset[str]:
        """Which of these ids there is (or was) a match of."""

    def add(self, match: Match, shown: Sequence[Part], score: int, request_shape: str) -> bool:
        """Store a new match and the shape of the request behind it; False when its mentee has a live one already."""

    def save(self, before: Match, after: Match) -> Match:
        """Compare and set on (state, version); raises MatchMovedOn when someone else was faster."""

    def keep_note(self, match_id: str, note: str) -> None:
        """Keep a private note beside a decline; it is shown to nobody but an admin and never told."""

    def note(self, match_id: str) -> str | None:
        """The private note of a decline, for an admin."""

    def live_of(self, person_id: str) -> Sequence[Match]:
        """The live matches of a person on either side, locked, newest first."""

    def overdue(self, limit: int) -> Sequence[str]:
        """Ids of matches whose time to answer is over."""

    def to_remind(self, limit: int) -> Sequence[str]:
        """Ids of matches of which someone is to be reminded now."""

    def forget(self, person_id: str) -> None:
        """Take a person, the reasons and the notes out of their ended matches."""

    def outcomes(self, programme_id: str, last: int) -> Sequence[tuple[Sequence[Part], str]]:
        """The parts and the end of the last matches that were active and ended in a way that says something."""

    def shown(self, match_id: str) -> tuple[Sequence[Part], int]:
        """The parts of the score as they were when the match was proposed, and the score itself."""


class Rounds(Protocol):
    """The rounds of each programme: never two open at once."""

    def snapshot(self, programme_id: str) -> Snapshot:
        """Everybody who waits, everybody who may be asked, the weights, pins and blocks, as of one moment."""

    def size(self, programme_id: str) -> tuple[int, int]:
        """How many mentees and mentors a snapshot would have, quick to read."""

    def stamp(self, programme_id: str) -> tuple[int, ...]:
        """Figures that change when the snapshot would, quick to read: the same stamp, in all likelihood the same pool.

        What only time changes (a rest that ends, a training that runs out) they do not show.
        """

    def waiting(self, programme_id: str) -> tuple[Mentee, ...]:
        """Those who wait, as a round sees them, by id; nobody is locked."""

    def prune(self, before: datetime) -> int:
        """Remove rounds opened before a moment, but never the last ones of a programme; returns how many."""

    def unfinished(self, programme_id: str) -> tuple[Round, Snapshot] | None:
        """A round that was begun and not applied, with what it had read."""

    def take_fence(self, programme_id: str) -> int:
        """Make this run the only one that may apply; whoever held the fence before cannot any more."""

    def open(self, opened: Round, snapshot: Snapshot) -> None:
        """Keep a round and all that it read."""

    def holds(self, opened: Round) -> bool:
        """Whether the round is open and this run holds the fence; locks both until the transaction ends."""

    def refence(self, opened: Round) -> None:
        """Hand an open round to the run that holds its new fence."""

    def forget(self, person_id: str) -> None:
        """Remove what rounds had read wherever this person was among it; an open round of theirs is given up."""

    def proposed_in(self, round_id: str) -> int:
        """How many matches a round has proposed so far."""

    def finish(self, finished: Round, result: RoundResult) -> None:
        """Keep how a round ended, and why each mentee it left waits."""

    def get(self, round_id: str) -> Round:
        """The round; raises NotFound."""

    def listed(self, programme_id: str, *, after: Position | None, limit: int) -> Sequence[Round]:
        """The rounds of a programme, the latest first, behind a position."""

    def stored(self, round_id: str) -> tuple[str, str] | None:
        """What a round read and decided, as the canonical texts it was hashed by; None when no longer kept."""


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

    def tell(self, *events: Event) -> None:
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
