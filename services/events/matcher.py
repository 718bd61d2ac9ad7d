"""What the matcher says: the life of a match, waits at risk, weights published, its receipt for an erasure."""

from dataclasses import dataclass
from datetime import datetime

from services.chassis.messages.event import Event
from services.events.topics import MATCHES, MATCHING, RECEIPTS


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a pair was made: a criterion, how well it fits, and the shared codes behind it."""

    criterion: str  # matters
    band: str  # strong | good | some
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MatchProposed(Event, type="cairn.matcher.match_proposed.v1", topic=MATCHES, key="match_id"):
    """A mentor is asked whether they would accompany a mentee; an answer is awaited until ``answer_by``."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    round_id: str
    answer_by: datetime
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MatchReminderDue(Event, type="cairn.matcher.match_reminder_due.v1", topic=MATCHES, key="match_id"):
    """Half of the answering time is over and nobody answered yet; ``waiting_for`` is ``mentor`` or ``mentee``."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    waiting_for: str
    answer_by: datetime


@dataclass(frozen=True, kw_only=True)
class MatchAccepted(Event, type="cairn.matcher.match_accepted.v1", topic=MATCHES, key="match_id"):
    """The mentor said yes; the mentee is introduced and confirms until ``confirm_by``."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    confirm_by: datetime
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MatchActivated(Event, type="cairn.matcher.match_activated.v1", topic=MATCHES, key="match_id"):
    """The mentee said yes as well: the two may talk."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    waited_seconds: int


@dataclass(frozen=True, kw_only=True)
class MatchDeclined(Event, type="cairn.matcher.match_declined.v1", topic=MATCHES, key="match_id"):
    """One side said no, without blame; the mentee keeps their place. The coded reason stays with the matcher."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    by: str  # mentor | mentee


@dataclass(frozen=True, kw_only=True)
class MatchExpired(Event, type="cairn.matcher.match_expired.v1", topic=MATCHES, key="match_id"):
    """No answer came in time."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    waiting_for: str  # mentor | mentee


@dataclass(frozen=True, kw_only=True)
class MatchEnded(Event, type="cairn.matcher.match_ended.v1", topic=MATCHES, key="match_id"):
    """A match is over, whatever state it was in before; ``was`` names that state."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    cause: str  # end_cause
    was: str


@dataclass(frozen=True, kw_only=True)
class WaitAtRisk(Event, type="cairn.matcher.wait_at_risk.v1", topic=MATCHING, key="mentee_id"):
    """A person waits longer than promised; ``cause`` is a why-unmatched code."""

    mentee_id: str
    programme_id: str
    waiting_since: datetime
    lane: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class WeightsPublished(Event, type="cairn.matcher.weights_published.v1", topic=MATCHING, key="programme_id"):
    """An admin published a new version of the matching weights."""

    programme_id: str
    version: int


@dataclass(frozen=True, kw_only=True)
class MatcherForgot(Event, type="cairn.matcher.person_forgotten.v1", topic=RECEIPTS, key="person_id"):
    """The matcher's receipt: nothing of this person is left here."""

    person_id: str
    programme_id: str
    version: int
