"""Ports for matches and the places they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from services.matcher.domain.match import Match
from services.matcher.domain.records import Offer, Position

if TYPE_CHECKING:  # the engine is heavy: only the processes that match and explain load it
    from services.matcher.domain.explain import Part


class Places(Protocol):
    """The places that mentors have; taking one is atomic, so none is given twice."""

    def take(self, wanted: Mapping[str, int]) -> Mapping[str, int]:
        """Take up to ``wanted`` places of each mentor who may be asked; return how many were taken, per mentor."""

    def free(self, mentor_id: str) -> None:
        """Give a place back."""

    def of(self, mentor_id: str) -> tuple[int, int]:
        """Return a mentor's (taken, capacity)."""

    def count_lapse(self, mentor_id: str) -> int:
        """Count one more unanswered offer; return how many there are in a row."""

    def rest(self, mentor_id: str, until: datetime | None) -> None:
        """Let a mentor rest until a moment; None ends the rest. Both reset the count of lapses."""

    def wake(self) -> Sequence[str]:
        """End breaks and rests that are over; return the programmes concerned."""


class Matches(Protocol):
    """The matches, live and ended."""

    def get(self, match_id: str, *, lock: bool = False) -> Match:
        """Return the match; raise NotFound."""

    def listed(
        self,
        programme_id: str,
        person_id: str | None,
        *,
        state: str | None = None,
        after: Position | None = None,
        limit: int,
    ) -> Sequence[Match]:
        """List the matches that a person may see (None: all), the latest proposed first, after a position."""

    def by_state(self, programme_id: str) -> Mapping[str, int]:
        """Return the number of matches per state."""

    def known(self, match_ids: Sequence[str]) -> frozenset[str]:
        """Return those of these ids that have (or had) a match."""

    def turned_down(self, programme_id: str) -> Sequence[Match]:
        """Return the last match of each mentee who waits since it was declined or expired, longest waiting first.

        Leaves out matches that ended before the last applied round began: that round has seen their mentees.
        """

    def add(self, offers: Sequence[Offer]) -> frozenset[str]:
        """Store new matches of different mentees; return the ids stored: mentees with a live match are left out."""

    def save(self, before: Match, after: Match) -> Match:
        """Compare and set on (state, version); raise MatchMovedOn when another transaction was faster."""

    def keep_note(self, match_id: str, note: str) -> None:
        """Store the private note of a decline; only admins see it, and no event contains it."""

    def note(self, match_id: str) -> str | None:
        """Return the private note of a decline, for an admin."""

    def expect(self, person_ids: Sequence[str]) -> None:
        """Read in one go which of these people, all of them locked, are in a live match."""

    def live_of(self, person_id: str) -> Sequence[Match]:
        """Return the live matches of a person on either side, locked, newest first."""

    def overdue(self, limit: int) -> Sequence[str]:
        """Return ids of matches whose time to answer is over."""

    def to_remind(self, limit: int) -> Sequence[str]:
        """Return ids of matches for which a reminder is due."""

    def forget(self, person_id: str) -> None:
        """Remove a person, the reasons and the notes from their ended matches."""

    def outcomes(self, programme_id: str, last: int) -> Sequence[tuple[Sequence[Part], str]]:
        """Return score parts and end cause of the last active matches whose end says how well the pair fitted."""

    def shown(self, match_id: str) -> tuple[Sequence[Part], int]:
        """Return the parts of the score and the score, as of the proposal."""
