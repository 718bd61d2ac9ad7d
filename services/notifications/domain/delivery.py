"""The life of one message on its way: queued > sending > delivered, or put aside with a reason.

    waiting_for_contact > queued <> sending > delivered | failed
                             \\_______________> lapsed | unwanted

An attempt is recorded before the mail is handed over, so that a crash in between is known afterwards as an attempt
with an unclear end, and only such a one is ever repeated after the mail may have gone out.
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
"""How long a message is tried; shorter when its reason lapses before."""

ATTEMPT_LIMIT = timedelta(minutes=3)
"""Longer than any attempt takes by its own time limits; an older one that has no end was cut by a crash."""

SHARED_ATTEMPT = timedelta(seconds=30)
"""Of messages whose attempts began together none is handed over later than this: the last of them, too, has its own
time limits before ATTEMPT_LIMIT is over."""


class State(StrEnum):
    """Where a message is."""

    WAITING_FOR_CONTACT = "waiting_for_contact"
    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    LAPSED = "lapsed"
    UNWANTED = "unwanted"

    @property
    def settled(self) -> bool:
        """Whether nothing will happen any more."""
        return self in (State.DELIVERED, State.FAILED, State.LAPSED, State.UNWANTED)


class Ending(StrEnum):
    """How an attempt ended."""

    DELIVERED = "delivered"
    LATER = "later"  # refused or unreachable for now, and surely not delivered
    NEVER = "never"  # refused for good
    UNCLEAR = "unclear"  # cut off after the mail may have been taken


AWAY = ("unreachable", "smtp_421", "smtp_server_disconnected", "out_of_time")
"""Causes that say nothing of the message: the mail server itself does not work now (RFC 5321, 4.2.2)."""


@dataclass(frozen=True)
class Outcome:
    """What a channel says of one attempt; `cause` is a coded class of fault, never the text of an answer."""

    ending: Ending
    cause: str = ""

    @property
    def away(self) -> bool:
        """Whether the mail server was away, so that other messages would have fared alike."""
        return self.ending is Ending.LATER and self.cause in AWAY


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One message on its way; `tries` counts attempts, `sending_since` is the start of the one under way."""

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
        """When trying ends."""
        return min(self.lapses_at, self.created_at + GIVE_UP_AFTER)


@dataclass(frozen=True)
class Send:
    """Hand it over now; `after_unclear` when an earlier attempt was cut off and this one may be a second copy."""

    after_unclear: bool = False


@dataclass(frozen=True)
class Wait:
    """Not now: look again at `until`; None means when something is heard of the person."""

    until: datetime | None


@dataclass(frozen=True)
class PutAside:
    """Not any more: settle it in `state`."""

    state: State
    cause: str


Decision = Send | Wait | PutAside


def queued(message: Message, delivery_id: str, person: Person | None, now: datetime) -> Delivery:
    """A new delivery: it waits for the contact when that is not known yet."""
    known = person is not None and person.reachable
    return Delivery(
        id=delivery_id,
        programme_id=message.programme_id,
        person_id=message.recipient,
        kind=message.kind,
        subject=message.subject,
        sequence=message.sequence,
        state=State.QUEUED if known else State.WAITING_FOR_CONTACT,
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
    """Whether a message goes out now; decided by what is true at this moment, not when it was planned."""
    if delivery.needs is not None and (match is None or match.state is not delivery.needs):
        return PutAside(State.LAPSED, "match_moved_on")
    if now >= delivery.lapses_at:
        return PutAside(State.LAPSED, "too_late")
    if person is None or not person.reachable:
        return Wait(None)
    if not _wanted(delivery.kind, person, preferences):
        return PutAside(State.UNWANTED, "left" if person.left else "not_wished_for")
    cut = delivery.sending_since is not None
    if delivery.sending_since is not None and now < delivery.sending_since + ATTEMPT_LIMIT:
        return Wait(delivery.sending_since + ATTEMPT_LIMIT)
    if delivery.kind.urgent:
        return Send(after_unclear=cut)
    earliest = now
    if delivery.kind.need is Need.HELPFUL and preferences.pace == "once_a_day":
        earliest = max(now, next_daily(delivery.created_at, person.time_zone))
    kind_time = after_quiet(earliest, person.time_zone, preferences.quiet(quiet))
    return Send(after_unclear=cut) if kind_time <= now else Wait(kind_time)


def _wanted(kind: Kind, person: Person, preferences: Preferences) -> bool:
    match kind.need:
        case Need.ASKED:
            return True
        case Need.NEEDED:
            return person.messages_consent and not person.left
        case Need.HELPFUL:
            return person.messages_consent and not person.left and preferences.helpful


def after(delivery: Delivery, outcome: Outcome, retry_at: datetime) -> Decision | State:
    """What becomes of a delivery after an attempt: settled in a state, or waiting for the next attempt.

    An attempt with an unclear end is repeated like one that was refused for now: at least once is the promise, and
    the record says that a second copy is possible.
    """
    match outcome.ending:
        case Ending.DELIVERED:
            return State.DELIVERED
        case Ending.NEVER:
            return PutAside(State.FAILED, outcome.cause)
        case Ending.LATER | Ending.UNCLEAR:
            return Wait(retry_at) if retry_at < delivery.give_up_at else PutAside(State.FAILED, outcome.cause)
