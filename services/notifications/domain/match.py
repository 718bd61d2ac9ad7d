"""What notifications remembers of a match: only how far it has come, to know whether a message still has its reason."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.events import matcher


class MatchState(StrEnum):
    """How far a match has come; it never goes back."""

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
    """A match as heard: who is in it, how far it is, and until when the present question may be answered."""

    id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    state: MatchState
    answer_until: datetime | None = None

    def other_than(self, person_id: str) -> str:
        """The other of the two people."""
        return self.mentor_id if person_id == self.mentee_id else self.mentee_id


def after(known: Match | None, event: MatchEvent) -> Match:
    """The match after an event; an event older than what is known changes nothing."""
    heard = _heard(event)
    if known is None:
        return heard
    if isinstance(event, matcher.MatchReminderDue):
        return known  # a reminder brings no new state
    return heard if _ORDER.index(heard.state) > _ORDER.index(known.state) else known


def _heard(event: MatchEvent) -> Match:
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


def without(match: Match, person_id: str) -> Match:
    """The match without a person who is to be forgotten."""
    return replace(
        match,
        mentee_id="" if match.mentee_id == person_id else match.mentee_id,
        mentor_id="" if match.mentor_id == person_id else match.mentor_id,
    )
