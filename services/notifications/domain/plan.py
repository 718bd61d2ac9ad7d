"""Plan the messages of an event: recipient, kind, subject, and when each lapses.

Pure: an event in, messages out. Whether a person wants a message, and when it may be sent, is decided in
``delivery.py`` at the time of sending.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.chassis.messages.event import Event
from services.events import matcher, profiles
from services.notifications.domain import kinds
from services.notifications.domain.kinds import Kind
from services.notifications.domain.match import MatchState
from services.notifications.domain.person import Person


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message to send: unique by (recipient, kind, subject, sequence), however often its event arrives.

    ``needs`` is the state its match must still be in; ``facts`` holds ids, codes and times for the template, never a
    person's own words, and of health only the names of criteria.
    """

    recipient: str
    programme_id: str
    kind: Kind
    subject: str
    lapses_at: datetime
    sequence: int = 0
    needs: MatchState | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def plan(event: Event, at: datetime, before: Person | None = None) -> tuple[Message, ...]:
    """Return the messages for an event that happened ``at``; ``before`` is its person before the event."""
    match event:
        case profiles.PersonRegistered() | profiles.PersonChanged():
            return _person_messages(event, at, before)
        case profiles.SignInAsked():
            return (_sign_in_message(event),)
        case matcher.WaitAtRisk():
            return (_waiting_message(event, at),)
        case matcher.MatchProposed() | matcher.MatchReminderDue() | matcher.MatchAccepted():
            return (_question_message(event),)
        case matcher.MatchActivated():
            return _active_messages(event, at)
        case matcher.MatchDeclined() | matcher.MatchExpired():
            return _declined_messages(event, at)
        case matcher.MatchEnded():
            return _ended_messages(event, at)
    return ()


def _person_messages(
    event: profiles.PersonRegistered | profiles.PersonChanged, at: datetime, before: Person | None
) -> tuple[Message, ...]:
    """Return a welcome for a new mentee, thanks for a new mentor, and the news of an approval.

    A person whose first event is a *change* is being republished to a rebuilt database: they get no mail.
    """
    registered = isinstance(event, profiles.PersonRegistered)
    known = before if before is not None and before.facts_version > 0 else None
    if known is None and not registered:
        return ()
    planned: list[Kind] = []
    if event.mentee is not None and registered and not (known and known.mentee):
        planned.append(kinds.WELCOME)
    if event.mentor is not None and not event.mentor.approved and not (known and known.mentor):
        planned.append(kinds.APPLICATION_RECEIVED)
    if event.mentor is not None and event.mentor.approved and known is not None and not known.approved:
        planned.append(kinds.APPLICATION_APPROVED)
    return tuple(_person_message(event, kind, at) for kind in planned)


def _sign_in_message(event: profiles.SignInAsked) -> Message:
    return Message(
        recipient=event.person_id,
        programme_id=event.programme_id,
        kind=kinds.SIGN_IN,
        subject=event.request_id,
        lapses_at=event.expires_at,
        facts={"until": event.expires_at.isoformat()},
    )


def _waiting_message(event: matcher.WaitAtRisk, at: datetime) -> Message:
    """Return the update about a long wait, at most one a week: the week is the sequence."""
    year, week, _ = at.isocalendar()
    return Message(
        recipient=event.mentee_id,
        programme_id=event.programme_id,
        kind=kinds.WAITING,
        subject=event.mentee_id,
        sequence=year * 100 + week,
        lapses_at=at + kinds.WAITING.worth,
        facts={"cause": event.cause},
    )


def _question_message(event: matcher.MatchProposed | matcher.MatchReminderDue | matcher.MatchAccepted) -> Message:
    """Return a question or its reminder, which lapses at the deadline or when the match leaves its state."""
    match event:
        case matcher.MatchProposed():
            kind, to, needs, until = kinds.PROPOSAL, event.mentor_id, MatchState.PROPOSED, event.answer_by
        case matcher.MatchAccepted():
            kind, to, needs, until = kinds.INTRODUCTION, event.mentee_id, MatchState.ACCEPTED, event.confirm_by
        case matcher.MatchReminderDue(waiting_for="mentee"):
            kind, to, needs, until = kinds.INTRODUCTION_REMINDER, event.mentee_id, MatchState.ACCEPTED, event.answer_by
        case _:
            kind, to, needs, until = kinds.PROPOSAL_REMINDER, event.mentor_id, MatchState.PROPOSED, event.answer_by
    facts: dict[str, object] = {"until": until.isoformat()}
    if isinstance(event, matcher.MatchProposed | matcher.MatchAccepted):
        facts["shared"] = [reason.criterion for reason in event.reasons]
    return Message(
        recipient=to,
        programme_id=event.programme_id,
        kind=kind,
        subject=event.match_id,
        needs=needs,
        lapses_at=until,
        facts=facts,
    )


def _active_messages(event: matcher.MatchActivated, at: datetime) -> tuple[Message, ...]:
    return (
        _match_message(event, event.mentee_id, kinds.ACTIVE_MENTEE, at, MatchState.ACTIVE),
        _match_message(event, event.mentor_id, kinds.ACTIVE_MENTOR, at, MatchState.ACTIVE),
    )


def _declined_messages(event: matcher.MatchDeclined | matcher.MatchExpired, at: datetime) -> tuple[Message, ...]:
    """Return the messages after a "no" or no answer, without blame.

    A mentee who was never introduced gets no message about a mentor's "no": they keep their place, and the next mentor
    is asked at once. A person who declined gets none about it.
    """
    match event:
        case matcher.MatchDeclined(by="mentee"):
            return (
                _match_message(event, event.mentor_id, kinds.NOT_THIS_TIME, at),
                _match_message(event, event.mentee_id, kinds.STILL_LOOKING, at),
            )
        case matcher.MatchDeclined():
            return ()
        case matcher.MatchExpired(waiting_for="mentee"):
            return (
                _match_message(event, event.mentor_id, kinds.NOT_THIS_TIME, at),
                _match_message(event, event.mentee_id, kinds.INTRODUCTION_LAPSED, at),
            )
        case _:
            return (_match_message(event, event.mentor_id, kinds.PROPOSAL_LAPSED, at),)


def _ended_messages(event: matcher.MatchEnded, at: datetime) -> tuple[Message, ...]:
    """Return a message for both people of an active match, or of an introduction that was withdrawn.

    Declined and expired matches have their own events; a mentor who was only asked learns of the end from the link.
    """
    if event.cause in {"declined", "expired"}:
        return ()
    if event.was == MatchState.ACTIVE:
        return (
            _match_message(event, event.mentee_id, kinds.ENDED_MENTEE, at),
            _match_message(event, event.mentor_id, kinds.ENDED_MENTOR, at),
        )
    if event.was == MatchState.ACCEPTED:
        return (
            _match_message(event, event.mentee_id, kinds.STILL_LOOKING, at),
            _match_message(event, event.mentor_id, kinds.NOT_THIS_TIME, at),
        )
    return ()


def _match_message(
    event: matcher.MatchActivated | matcher.MatchDeclined | matcher.MatchExpired | matcher.MatchEnded,
    recipient: str,
    kind: Kind,
    at: datetime,
    needs: MatchState | None = None,
) -> Message:
    return Message(
        recipient=recipient,
        programme_id=event.programme_id,
        kind=kind,
        subject=event.match_id,
        needs=needs,
        lapses_at=at + kind.worth,
    )


def _person_message(event: profiles.PersonRegistered | profiles.PersonChanged, kind: Kind, at: datetime) -> Message:
    return Message(
        recipient=event.person_id,
        programme_id=event.programme_id,
        kind=kind,
        subject=event.person_id,
        lapses_at=at + kind.worth,
    )
