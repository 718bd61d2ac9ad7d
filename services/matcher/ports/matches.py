"""Where matches are kept, and the places they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from services.matcher.domain.match import Match
from services.matcher.domain.records import Offer, Position

if TYPE_CHECKING:  # the engine is heavy: only the processes that match and explain load it
    from services.matcher.domain.explain import Part


class Places(Protocol):
    """The places that mentors have: counted where they are taken, so that none is given twice."""

    def take(self, wanted: Mapping[str, int]) -> Mapping[str, int]:
        """Take up to so many places of each mentor who may be asked; returns how many were free, if any."""

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

    def turned_down(self, programme_id: str) -> Sequence[Match]:
        """The last match of each mentee who waits because somebody said no, or nothing, to it, longest waiting first.

        Only as far as no round was applied that began since: such a round has looked for somebody else already.
        """

    def add(self, offers: Sequence[Offer]) -> frozenset[str]:
        """Store new matches, each of another mentee; returns the ids of those whose mentee had no live one already."""

    def save(self, before: Match, after: Match) -> Match:
        """Compare and set on (state, version); raises MatchMovedOn when someone else was faster."""

    def keep_note(self, match_id: str, note: str) -> None:
        """Keep a private note beside a decline; it is shown to nobody but an admin and never told."""

    def note(self, match_id: str) -> str | None:
        """The private note of a decline, for an admin."""

    def expect(self, person_ids: Sequence[str]) -> None:
        """Find out at once who of these people, all of them locked, is in a live match."""

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
