"""A match as notifications stores it: only its people and state, to decide whether a message still has its reason."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.events import matcher


class MatchState(StrEnum):
    """The state of a match; it never goes back."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    ENDED = "ended"


_ORDER = tuple(MatchState)

MatchEvent = (
    matcher.MatchProposed
    | matcher.MatchReminderDue
    | matcher.MatchAccepted
    | matcher.MatchActivated
    | matcher.MatchDeclined
    | matcher.MatchExpired
    | matcher.MatchEnded
)


@dataclass(frozen=True, kw_only=True)
class Match:
    """A match: its people, its state, and until when the current question can be answered."""

    id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    state: MatchState
    answer_until: datetime | None = None

    def other_than(self, person_id: str) -> str:
        """Return the id of the other person."""
        return self.mentor_id if person_id == self.mentee_id else self.mentee_id


def apply_event(stored: Match | None, event: MatchEvent) -> Match:
    """Return the match after an event; an event of an earlier state changes nothing."""
    received = _from_event(event)
    if stored is None:
        return received
    if isinstance(event, matcher.MatchReminderDue):
        return stored  # a reminder brings no new state
    return received if _ORDER.index(received.state) > _ORDER.index(stored.state) else stored


def _from_event(event: MatchEvent) -> Match:
    match event:
        case matcher.MatchProposed(answer_by=until):
            return _match(event, MatchState.PROPOSED, until)
        case matcher.MatchReminderDue(waiting_for=side, answer_by=until):
            return _match(event, MatchState.ACCEPTED if side == "mentee" else MatchState.PROPOSED, until)
        case matcher.MatchAccepted(confirm_by=until):
            return _match(event, MatchState.ACCEPTED, until)
        case matcher.MatchActivated():
            return _match(event, MatchState.ACTIVE)
        case matcher.MatchDeclined() | matcher.MatchExpired() | matcher.MatchEnded():
            return _match(event, MatchState.ENDED)


def _match(event: MatchEvent, state: MatchState, until: datetime | None = None) -> Match:
    return Match(
        id=event.match_id,
        programme_id=event.programme_id,
        mentee_id=event.mentee_id,
        mentor_id=event.mentor_id,
        state=state,
        answer_until=until,
    )


def without_person(match: Match, person_id: str) -> Match:
    """Return the match without the id of an erased person."""
    return replace(
        match,
        mentee_id="" if match.mentee_id == person_id else match.mentee_id,
        mentor_id="" if match.mentor_id == person_id else match.mentor_id,
    )
