"""The life of a match: proposed > accepted > active > ended.

Every transition is a pure function from a match and an instant to ``(the match after it, the events to publish)``. A
step that is not legal now raises ``MatchMovedOn``, which carries the current state. Nothing here reads a clock:
callers pass the database's time, and that decides deadlines.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.chassis.core.errors import Conflict
from services.chassis.i18n.sentence import Sentence
from services.chassis.messages.event import Event
from services.events.matcher import (
    MatchAccepted,
    MatchActivated,
    MatchDeclined,
    MatchEnded,
    MatchExpired,
    MatchProposed,
    MatchReminderDue,
    Reason,
)
from services.matcher.domain.private_reasons import before_yes

State = Literal["proposed", "accepted", "active", "ended"]
Side = Literal["mentor", "mentee"]
By = Literal["mentor", "mentee", "admin", "time", "profile"]
Events = tuple[Event, ...]

LIVE: tuple[State, ...] = ("proposed", "accepted", "active")
# After these causes the same two people are not paired again: one of them declined or did not answer.
KEEP_APART = frozenset({"declined", "expired", "not_the_fit", "safeguarding"})

# Whether a match that was active counts as a success; other causes reveal nothing about the pair.
ENDED_WELL = {"completed": True, "not_the_fit": False, "safeguarding": False}


class MatchMovedOn(Conflict):
    """The requested step is not possible (any more); ``now`` carries the current state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One mentor asked for, or accompanying, one mentee.

    ``version`` is the version last stored; saving is a compare-and-set on it. ``answer_by`` is the deadline of the
    side that ``awaits`` names, counted from ``asked_at``. ``attempt`` counts the mentors asked for this mentee.
    """

    id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    round_id: str
    waiting_since: datetime
    proposed_at: datetime
    asked_at: datetime
    answer_by: datetime | None
    attempt: int = 1
    reasons: tuple[Reason, ...] = ()
    state: State = "proposed"
    version: int = 1
    reminded_at: datetime | None = None
    accepted_at: datetime | None = None
    active_at: datetime | None = None
    ended_at: datetime | None = None
    end_cause: str | None = None  # end_cause
    ended_by: By | None = None
    decline_reason: str | None = None  # decline_reason; never leaves the matcher

    @property
    def live(self) -> bool:
        """Return whether the match still takes a place of the mentor."""
        return self.state != "ended"

    @property
    def awaits(self) -> Side | None:
        """Return the side whose answer is awaited, if any."""
        match self.state:
            case "proposed":
                return "mentor"
            case "accepted":
                return "mentee"
            case "active" | "ended":
                return None

    @property
    def reasons_told(self) -> tuple[Reason, ...]:
        """Return the reasons that may be shown now: extra private codes are left out until the mentor accepts."""
        return self.reasons if self.accepted_at is not None else before_yes(self.reasons)

    @property
    def remind_at(self) -> datetime | None:
        """Return when to remind the awaited side, halfway through its answering time; None when no reminder is due."""
        if self.answer_by is None or self.reminded_at is not None or self.awaits is None:
            return None
        return self.asked_at + (self.answer_by - self.asked_at) / 2


def propose(match: Match, answer_by: datetime) -> tuple[Match, Events]:
    """Ask the mentor of a new match to answer by ``answer_by``."""
    asked = replace(match, state="proposed", answer_by=answer_by)
    return asked, (
        MatchProposed(
            match_id=match.id,
            programme_id=match.programme_id,
            mentee_id=match.mentee_id,
            mentor_id=match.mentor_id,
            round_id=match.round_id,
            answer_by=answer_by,
            reasons=asked.reasons_told,
        ),
    )


def accept(match: Match, at: datetime, confirm_by: datetime) -> tuple[Match, Events]:
    """Record the mentor's yes and ask the mentee to confirm by ``confirm_by``."""
    _answerable(match, "proposed", at)
    after = replace(match, state="accepted", accepted_at=at, asked_at=at, answer_by=confirm_by, reminded_at=None)
    return after, (
        MatchAccepted(
            match_id=match.id,
            programme_id=match.programme_id,
            mentee_id=match.mentee_id,
            mentor_id=match.mentor_id,
            confirm_by=confirm_by,
            reasons=after.reasons_told,
        ),
    )


def confirm(match: Match, at: datetime) -> tuple[Match, Events]:
    """Record the mentee's yes, which makes the match active."""
    _answerable(match, "accepted", at)
    waited = max(0, int((at - match.waiting_since).total_seconds()))
    after = replace(match, state="active", active_at=at, answer_by=None)
    return after, (
        MatchActivated(
            match_id=match.id,
            programme_id=match.programme_id,
            mentee_id=match.mentee_id,
            mentor_id=match.mentor_id,
            waited_seconds=waited,
        ),
    )


def decline(match: Match, by: Side, at: datetime, reason: str | None = None) -> tuple[Match, Events]:
    """Record a no of the side that was asked; the mentee keeps their seniority."""
    _answerable(match, "proposed" if by == "mentor" else "accepted", at)
    after, ended_event = _over(replace(match, decline_reason=reason), "declined", by, at)
    declined = MatchDeclined(
        match_id=match.id,
        programme_id=match.programme_id,
        mentee_id=match.mentee_id,
        mentor_id=match.mentor_id,
        by=by,
    )
    return after, (declined, ended_event)


def remind(match: Match, at: datetime) -> tuple[Match, Events]:
    """Remind the awaited side, once, when half of its answering time is over."""
    awaits, due = match.awaits, match.remind_at
    if awaits is None or match.answer_by is None or due is None or not due <= at < match.answer_by:
        raise moved_on(match, "There is nothing to remind of.")
    return replace(match, reminded_at=at), (
        MatchReminderDue(
            match_id=match.id,
            programme_id=match.programme_id,
            mentee_id=match.mentee_id,
            mentor_id=match.mentor_id,
            waiting_for=awaits,
            answer_by=match.answer_by,
        ),
    )


def expire(match: Match, at: datetime) -> tuple[Match, Events]:
    """End a match whose deadline has passed without an answer."""
    awaits = match.awaits
    if awaits is None or not overdue(match, at):
        raise moved_on(match, "There is still time to answer this match, or it was answered.")
    after, ended = _over(match, "expired", "time", at)
    expired = MatchExpired(
        match_id=match.id,
        programme_id=match.programme_id,
        mentee_id=match.mentee_id,
        mentor_id=match.mentor_id,
        waiting_for=awaits,
    )
    return after, (expired, ended)


def not_the_fit(match: Match, at: datetime) -> tuple[Match, Events]:
    """End the match because the mentee prefers another mentor; no reason is asked."""
    if match.state == "accepted":
        return decline(match, "mentee", at)
    if match.state != "active":
        raise moved_on(match, "There is no mentor to change at the moment.")
    after, ended = _over(match, "not_the_fit", "mentee", at)
    return after, (ended,)


def end(match: Match, cause: str, by: By, at: datetime) -> tuple[Match, Events]:
    """End a live match for a cause of the vocabulary ``end_cause``."""
    if not match.live:
        raise moved_on(match, "This match is already over.")
    after, ended = _over(match, cause, by, at)
    return after, (ended,)


def overdue(match: Match, at: datetime) -> bool:
    """Return whether the deadline for an answer has passed."""
    return match.answer_by is not None and match.answer_by <= at


def moved_on(match: Match, detail: str) -> MatchMovedOn:
    """Return the error for a step that is not possible, with the current state."""
    return MatchMovedOn(
        "match_moved_on", detail, now={"state": match.state, "version": match.version, "end_cause": match.end_cause}
    )


def _answerable(match: Match, asked_in: State, at: datetime) -> None:
    if match.state != asked_in:
        raise moved_on(match, _INSTEAD[match.state])
    if overdue(match, at):
        raise MatchMovedOn(
            "answer_too_late",
            "The time to answer is over, and we're asking someone else.",
            now={"state": match.state, "version": match.version, "end_cause": "expired"},
        )


_INSTEAD: dict[State, str] = {
    "proposed": Sentence("The mentor has not answered yet."),
    "accepted": Sentence("The mentor has said yes; the mentee is asked now."),
    "active": Sentence("Both have said yes: this match is active."),
    "ended": Sentence("This match is over."),
}


def _over(match: Match, cause: str, by: By, at: datetime) -> tuple[Match, MatchEnded]:
    after = replace(match, state="ended", ended_at=at, end_cause=cause, ended_by=by, answer_by=None)
    return after, MatchEnded(
        match_id=match.id,
        programme_id=match.programme_id,
        mentee_id=match.mentee_id,
        mentor_id=match.mentor_id,
        cause=cause,
        was=match.state,
    )
