"""The port for rounds."""

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
        """Return the people who wait, the mentors, weights, pins and blocks, as of one moment."""

    def size(self, programme_id: str) -> tuple[int, int]:
        """Return how many mentees and mentors a snapshot would have; quick to read."""

    def stamp(self, programme_id: str) -> tuple[int, ...]:
        """Return figures that change with the snapshot; quick to read. Equal stamps almost surely mean equal pools.

        Changes by time alone (a rest that ends, training that expires) do not show.
        """

    def waiting(self, programme_id: str) -> tuple[Mentee, ...]:
        """Return the people who wait, as a round sees them, by id, without locks."""

    def prune(self, before: datetime, *, kept: int) -> int:
        """Delete rounds opened before a moment, except the last ``kept`` of a programme; return how many."""

    def mode(self, programme_id: str) -> RoundMode:
        """Return whether mentors are asked at once, or after an admin has released the round."""

    def set_mode(self, programme_id: str, mode: RoundMode) -> None:
        """Set the mode, from the next round on."""

    def unfinished(self, programme_id: str) -> tuple[Round, Snapshot, RoundResult | None] | None:
        """Return the open round and its snapshot, with its result where an admin released it; None without one."""

    def in_review(self, programme_id: str) -> Round | None:
        """Return the round that is held for review, if any."""

    def take_fence(self, programme_id: str) -> int:
        """Return a new fence: only its run may apply from now on, earlier runs no longer can."""

    def open(self, opened: Round, read: Sequence[str]) -> None:
        """Store a round with its snapshot as canonical text, in pieces (see ``snapshot_pieces``)."""

    def go_on(self, opened: Round, step: str, share: float) -> bool:
        """Store a round's progress; return False when it is no longer open, or another run has taken it over."""

    def hold(self, held: Round, result: RoundResult, prices: WarmStart) -> None:
        """Store a round's result for review by an admin."""

    def move(self, round_id: str, state: RoundState) -> None:
        """Change a round's state; one that ends without an offer loses its snapshot and result.

        From ``review`` to ``open`` is its release, whose time is stored.
        """

    def holds(self, opened: Round) -> bool:
        """Return whether the round is open and this run has its fence; lock both until the transaction ends."""

    def refence(self, opened: Round) -> None:
        """Give an open round the new fence of the run that resumes it."""

    def forget(self, person_id: str) -> bool:
        """Delete the snapshots and results that contain a person; return whether an unfinished round is given up."""

    def proposed_in(self, round_id: str) -> int:
        """Return how many matches a round has proposed so far."""

    def finish(self, finished: Round, result: RoundResult, prices: WarmStart | None) -> None:
        """Store how a round ended; with prices, unless they were stored when it was held."""

    def let_go(self, programme_id: str, *, kept: int, before: datetime) -> None:
        """Delete snapshots and results of rounds opened before a moment, except of the last ``kept``; figures stay."""

    def last_prices(self, programme_id: str) -> WarmStart:
        """Return the prices of the last stored round; a cold start where there is none."""

    def get(self, round_id: str, *, lock: bool = False) -> Round:
        """Return the round; raise NotFound. ``lock`` keeps others from changing it until the transaction ends."""

    def listed(self, programme_id: str, *, after: Position | None, limit: int) -> Sequence[Round]:
        """List the rounds of a programme, the latest first, after a position."""

    def outline(self, round_id: str) -> RoundOutline | None:
        """Return a round's result without reasons; None when it is no longer stored."""

    def stored(self, round_id: str) -> tuple[str, str] | None:
        """Return a round's snapshot and result as the canonical texts that were hashed; None when no longer stored."""
