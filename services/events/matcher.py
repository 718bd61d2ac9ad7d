"""Events of the matcher: the states of a match, waits at risk, published weights, receipts for erasures."""

from dataclasses import dataclass

from services.chassis.messages.event import Event
from services.chassis.messages.moments import Moment
from services.events.topics import MATCHES, MATCHING, RECEIPTS


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason of a match: a criterion, its band, and the codes that the two people share."""

    criterion: str  # matters
    band: str  # strong | good | some
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MatchProposed(Event, type="cairn.matcher.match_proposed.v1", topic=MATCHES, key="match_id"):
    """A mentor is asked to accompany a mentee and can answer until ``answer_by``."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    round_id: str
    answer_by: Moment
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MatchReminderDue(Event, type="cairn.matcher.match_reminder_due.v1", topic=MATCHES, key="match_id"):
    """Half of the time to answer has passed without one; ``waiting_for`` is ``mentor`` or ``mentee``."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    waiting_for: str
    answer_by: Moment


@dataclass(frozen=True, kw_only=True)
class MatchAccepted(Event, type="cairn.matcher.match_accepted.v1", topic=MATCHES, key="match_id"):
    """The mentor accepted; the mentee sees the introduction and can confirm until ``confirm_by``."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    confirm_by: Moment
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MatchActivated(Event, type="cairn.matcher.match_activated.v1", topic=MATCHES, key="match_id"):
    """The mentee confirmed: the match is active, and the two may talk."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    waited_seconds: int


@dataclass(frozen=True, kw_only=True)
class MatchDeclined(Event, type="cairn.matcher.match_declined.v1", topic=MATCHES, key="match_id"):
    """One side declined; the mentee keeps their seniority. The coded reason stays in the matcher."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    by: str  # mentor | mentee


@dataclass(frozen=True, kw_only=True)
class MatchExpired(Event, type="cairn.matcher.match_expired.v1", topic=MATCHES, key="match_id"):
    """The time to answer passed without an answer."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    waiting_for: str  # mentor | mentee


@dataclass(frozen=True, kw_only=True)
class MatchEnded(Event, type="cairn.matcher.match_ended.v1", topic=MATCHES, key="match_id"):
    """A match ended; ``was`` is the state it ended from."""

    match_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    cause: str  # end_cause
    was: str


@dataclass(frozen=True, kw_only=True)
class WaitAtRisk(Event, type="cairn.matcher.wait_at_risk.v1", topic=MATCHING, key="mentee_id"):
    """A mentee waits longer than their lane promises; ``cause`` is the coded cause of the wait."""

    mentee_id: str
    programme_id: str
    waiting_since: Moment
    lane: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class WeightsPublished(Event, type="cairn.matcher.weights_published.v1", topic=MATCHING, key="programme_id"):
    """An admin published a new version of the matching weights."""

    programme_id: str
    version: int


@dataclass(frozen=True, kw_only=True)
class MatcherForgot(Event, type="cairn.matcher.person_forgotten.v1", topic=RECEIPTS, key="person_id"):
    """The matcher's receipt for an erasure: it has deleted all data of this person."""

    person_id: str
    programme_id: str
    version: int
