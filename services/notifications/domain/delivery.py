"""The states of a delivery: queued > sending > delivered, or closed with a cause.

    waiting_for_contact > queued <> sending > delivered | failed
                             \\_______________> lapsed | unwanted

An attempt is recorded before the mail is handed over, so that a crash in between leaves an attempt without an end,
which counts as unclear. Only an unclear attempt is ever repeated after the mail may have been sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from services.notifications.domain.kinds import Kind, Need
from services.notifications.domain.match import Match, MatchState
from services.notifications.domain.person import Person
from services.notifications.domain.plan import Message
from services.notifications.domain.preferences import Preferences
from services.notifications.domain.quiet import QuietHours, after_quiet, next_daily

GIVE_UP_AFTER = timedelta(days=2)
"""How long delivery is retried; shorter when the message lapses before."""

ATTEMPT_LIMIT = timedelta(minutes=3)
"""Longer than the time limits of any attempt; an older attempt without an end was cut off by a crash."""

SHARED_ATTEMPT = timedelta(seconds=30)
"""The last moment to hand over a message of a batch, counted from the batch's start: its own time limits still end
before ATTEMPT_LIMIT is over."""


class State(StrEnum):
    """The state of a delivery."""

    WAITING_FOR_CONTACT = "waiting_for_contact"
    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    LAPSED = "lapsed"
    UNWANTED = "unwanted"

    @property
    def settled(self) -> bool:
        """Return whether the state is final."""
        return self in (State.DELIVERED, State.FAILED, State.LAPSED, State.UNWANTED)


class Ending(StrEnum):
    """How an attempt ended."""

    DELIVERED = "delivered"
    LATER = "later"  # refused or unreachable for now, and certainly not delivered
    NEVER = "never"  # refused for good
    UNCLEAR = "unclear"  # cut off after the mail may have been taken


AWAY = ("unreachable", "smtp_421", "smtp_server_disconnected", "out_of_time")
"""Causes that do not depend on the message: the mail server itself does not work now (RFC 5321, 4.2.2)."""


@dataclass(frozen=True)
class SendOutcome:
    """The outcome of one attempt; ``cause`` is a coded class of fault, never the text of an answer."""

    ending: Ending
    cause: str = ""

    @property
    def away(self) -> bool:
        """Return whether the mail server was away, so that other messages would have failed as well."""
        return self.ending is Ending.LATER and self.cause in AWAY


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One message to one person; ``tries`` counts attempts, ``sending_since`` is the start of the open attempt."""

    id: str
    programme_id: str
    person_id: str
    kind: Kind
    subject: str
    sequence: int
    state: State
    lapses_at: datetime
    created_at: datetime
    needs: MatchState | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    tries: int = 0
    sending_since: datetime | None = None

    @property
    def give_up_at(self) -> datetime:
        """Return when retrying ends."""
        return min(self.lapses_at, self.created_at + GIVE_UP_AFTER)


@dataclass(frozen=True)
class Send:
    """Send now; ``after_unclear`` when an earlier attempt was cut off, so that this may be a second copy."""

    after_unclear: bool = False


@dataclass(frozen=True)
class Wait:
    """Decide again at ``until``; None means when the person's contact arrives."""

    until: datetime | None


@dataclass(frozen=True)
class Close:
    """Do not send: settle the delivery in ``state``."""

    state: State
    cause: str


Decision = Send | Wait | Close


def new_delivery(message: Message, delivery_id: str, person: Person | None, now: datetime) -> Delivery:
    """Return a new delivery, which waits for the person's contact when that is not known yet."""
    reachable = person is not None and person.reachable
    return Delivery(
        id=delivery_id,
        programme_id=message.programme_id,
        person_id=message.recipient,
        kind=message.kind,
        subject=message.subject,
        sequence=message.sequence,
        state=State.QUEUED if reachable else State.WAITING_FOR_CONTACT,
        lapses_at=message.lapses_at,
        created_at=now,
        needs=message.needs,
        facts=message.facts,
    )


def decide(
    delivery: Delivery,
    *,
    person: Person | None,
    preferences: Preferences,
    match: Match | None,
    quiet: QuietHours | None,
    now: datetime,
) -> Decision:
    """Decide whether a message is sent now, by the data of this moment, not of when it was planned."""
    if delivery.needs is not None and (match is None or match.state is not delivery.needs):
        return Close(State.LAPSED, "match_moved_on")
    if now >= delivery.lapses_at:
        return Close(State.LAPSED, "too_late")
    if person is None or not person.reachable:
        return Wait(None)
    if not _wanted(delivery.kind, person, preferences):
        return Close(State.UNWANTED, "left" if person.left else "not_wished_for")
    cut_off = delivery.sending_since is not None
    if delivery.sending_since is not None and now < delivery.sending_since + ATTEMPT_LIMIT:
        return Wait(delivery.sending_since + ATTEMPT_LIMIT)
    if delivery.kind.urgent:
        return Send(after_unclear=cut_off)
    earliest = now
    if delivery.kind.need is Need.HELPFUL and preferences.pace == "once_a_day":
        earliest = max(now, next_daily(delivery.created_at, person.time_zone))
    send_at = after_quiet(earliest, person.time_zone, preferences.quiet(quiet))
    return Send(after_unclear=cut_off) if send_at <= now else Wait(send_at)


def _wanted(kind: Kind, person: Person, preferences: Preferences) -> bool:
    match kind.need:
        case Need.ASKED:
            return True
        case Need.NEEDED:
            return person.messages_consent and not person.left
        case Need.HELPFUL:
            return person.messages_consent and not person.left and preferences.helpful


def after_attempt(delivery: Delivery, outcome: SendOutcome, retry_at: datetime) -> Decision | State:
    """Return what follows an attempt: a final state, or a wait for the next attempt.

    An attempt with an unclear end is repeated like one that was refused for now: delivery is at least once, and the
    recorded attempts show that a second copy is possible.
    """
    match outcome.ending:
        case Ending.DELIVERED:
            return State.DELIVERED
        case Ending.NEVER:
            return Close(State.FAILED, outcome.cause)
        case Ending.LATER | Ending.UNCLEAR:
            return Wait(retry_at) if retry_at < delivery.give_up_at else Close(State.FAILED, outcome.cause)
