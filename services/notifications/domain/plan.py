"""Which messages an event calls for: to whom, about what, and how long each has its reason.

Pure: an event in, messages out. Whether a person wants one, and when it may go, is decided in `delivery.py` at the
moment of sending, by what is true then.
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
    """One message to send: unique by (recipient, kind, subject, sequence), however often its event is heard.

    `needs` is the state its match must still be in; `facts` hold ids, codes and times for the template, never words
    of a person, and of health nothing but the names of criteria.
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
    """The messages for an event that happened `at`; `before` is what was known of its person until now."""
    match event:
        case profiles.PersonRegistered() | profiles.PersonChanged():
            return _about_person(event, at, before)
        case profiles.SignInAsked():
            return (_sign_in(event),)
        case matcher.WaitAtRisk():
            return (_waiting(event, at),)
        case matcher.MatchProposed() | matcher.MatchReminderDue() | matcher.MatchAccepted():
            return (_question(event),)
        case matcher.MatchActivated():
            return _active(event, at)
        case matcher.MatchDeclined() | matcher.MatchExpired():
            return _no(event, at)
        case matcher.MatchEnded():
            return _ended(event, at)
    return ()


def _about_person(
    event: profiles.PersonRegistered | profiles.PersonChanged, at: datetime, before: Person | None
) -> tuple[Message, ...]:
    """A welcome for who signs up, thanks for who applies, the good news on approval.

    Somebody heard of for the first time by a *change* is being told again (a rebuilt database): no mail for that.
    """
    registered = isinstance(event, profiles.PersonRegistered)
    known = before if before is not None and before.facts_version > 0 else None
    if known is None and not registered:
        return ()
    found: list[Kind] = []
    if event.mentee is not None and registered and not (known and known.mentee):
        found.append(kinds.WELCOME)
    if event.mentor is not None and not event.mentor.approved and not (known and known.mentor):
        found.append(kinds.APPLICATION_RECEIVED)
    if event.mentor is not None and event.mentor.approved and known is not None and not known.approved:
        found.append(kinds.APPLICATION_APPROVED)
    return tuple(_to(event.person_id, event.programme_id, kind, event.person_id, at) for kind in found)


def _sign_in(event: profiles.SignInAsked) -> Message:
    return Message(
        recipient=event.person_id,
        programme_id=event.programme_id,
        kind=kinds.SIGN_IN,
        subject=event.request_id,
        lapses_at=event.expires_at,
        facts={"until": event.expires_at.isoformat()},
    )


def _waiting(event: matcher.WaitAtRisk, at: datetime) -> Message:
    """One update a week at most: the week is the sequence."""
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


def _question(event: matcher.MatchProposed | matcher.MatchReminderDue | matcher.MatchAccepted) -> Message:
    """A question that waits for an answer: it has its reason while the match is in that state, until the deadline."""
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


def _active(event: matcher.MatchActivated, at: datetime) -> tuple[Message, ...]:
    return (
        _of_match(event, event.mentee_id, kinds.ACTIVE_MENTEE, at, MatchState.ACTIVE),
        _of_match(event, event.mentor_id, kinds.ACTIVE_MENTOR, at, MatchState.ACTIVE),
    )


def _no(event: matcher.MatchDeclined | matcher.MatchExpired, at: datetime) -> tuple[Message, ...]:
    """A "no" or a silence, without blame.

    A mentee who was never introduced hears nothing of a mentor's "no": they keep their place, and the next mentor
    is asked at once. Whoever said no needs no letter about it.
    """
    match event:
        case matcher.MatchDeclined(by="mentee"):
            return (
                _of_match(event, event.mentor_id, kinds.NOT_THIS_TIME, at),
                _of_match(event, event.mentee_id, kinds.STILL_LOOKING, at),
            )
        case matcher.MatchDeclined():
            return ()
        case matcher.MatchExpired(waiting_for="mentee"):
            return (
                _of_match(event, event.mentor_id, kinds.NOT_THIS_TIME, at),
                _of_match(event, event.mentee_id, kinds.INTRODUCTION_LAPSED, at),
            )
        case _:
            return (_of_match(event, event.mentor_id, kinds.PROPOSAL_LAPSED, at),)


def _ended(event: matcher.MatchEnded, at: datetime) -> tuple[Message, ...]:
    """Two who talked are both told. An introduction withdrawn before that leaves the mentee waiting again.

    Declines and lapses were told by their own events; a mentor who was only asked learns it from the link.
    """
    if event.cause in {"declined", "expired"}:
        return ()
    if event.was == MatchState.ACTIVE:
        return (
            _of_match(event, event.mentee_id, kinds.ENDED_MENTEE, at),
            _of_match(event, event.mentor_id, kinds.ENDED_MENTOR, at),
        )
    if event.was == MatchState.ACCEPTED:
        return (
            _of_match(event, event.mentee_id, kinds.STILL_LOOKING, at),
            _of_match(event, event.mentor_id, kinds.NOT_THIS_TIME, at),
        )
    return ()


def _of_match(
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


def _to(recipient: str, programme_id: str, kind: Kind, subject: str, at: datetime) -> Message:
    return Message(
        recipient=recipient, programme_id=programme_id, kind=kind, subject=subject, lapses_at=at + kind.worth
    )
