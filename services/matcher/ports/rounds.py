"""Where rounds are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from services.matcher.domain.candidates import Mentee
from services.matcher.domain.records import Position, Round, RoundMode, RoundOutline, RoundState

if TYPE_CHECKING:  # the engine is heavy: only the processes that match and explain load it
    from services.matcher.domain.round import RoundResult, Snapshot, WarmStart


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

    def prune(self, before: datetime, *, kept: int) -> int:
        """Remove rounds opened before a moment, but never the last so many of a programme; returns how many."""

    def mode(self, programme_id: str) -> RoundMode:
        """Whether mentors are asked at once, or once an admin has released the round."""

    def set_mode(self, programme_id: str, mode: RoundMode) -> None:
        """From the next round on."""

    def unfinished(self, programme_id: str) -> tuple[Round, Snapshot, RoundResult | None] | None:
        """A round that was begun and not applied, with what it had read; and what it decided, where it was released."""

    def in_review(self, programme_id: str) -> Round | None:
        """The round that is held for an admin to look at, if one is."""

    def take_fence(self, programme_id: str) -> int:
        """Make this run the only one that may apply; whoever held the fence before cannot any more."""

    def open(self, opened: Round, read: Sequence[str]) -> None:
        """Keep a round and the canonical text of all that it read, in pieces (see ``snapshot_pieces``)."""

    def go_on(self, opened: Round, step: str, share: float) -> bool:
        """Note how far a round is; False when it is not open any more, or another run has taken it over."""

    def hold(self, held: Round, result: RoundResult, prices: WarmStart) -> None:
        """Keep what a round decided, for an admin to look at."""

    def move(self, round_id: str, state: RoundState) -> None:
        """Put a round into another state; one that is over without an offer keeps nothing of what it had read.

        From ``review`` to ``open`` is its release, of which the moment is kept.
        """

    def holds(self, opened: Round) -> bool:
        """Whether the round is open and this run holds the fence; locks both until the transaction ends."""

    def refence(self, opened: Round) -> None:
        """Hand an open round to the run that holds its new fence."""

    def forget(self, person_id: str) -> bool:
        """Remove what rounds had read wherever this person was among it; whether one not over yet is given up."""

    def proposed_in(self, round_id: str) -> int:
        """How many matches a round has proposed so far."""

    def finish(self, finished: Round, result: RoundResult, prices: WarmStart | None) -> None:
        """Keep how a round ended; prices, where it did not have them kept before."""

    def let_go(self, programme_id: str, *, kept: int, before: datetime) -> None:
        """Keep only the figures of the rounds opened before a moment, but everything of the last so many."""

    def last_prices(self, programme_id: str) -> WarmStart:
        """The prices of the last round that is kept; none where there is none."""

    def get(self, round_id: str, *, lock: bool = False) -> Round:
        """The round; raises NotFound. ``lock`` keeps others from changing it until the transaction ends."""

    def listed(self, programme_id: str, *, after: Position | None, limit: int) -> Sequence[Round]:
        """The rounds of a programme, the latest first, behind a position."""

    def outline(self, round_id: str) -> RoundOutline | None:
        """What a round decided, without reasons; None when no longer kept."""

    def stored(self, round_id: str) -> tuple[str, str] | None:
        """What a round read and decided, as the canonical texts it was hashed by; None when no longer kept."""
