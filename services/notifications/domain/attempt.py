"""An attempt to deliver a message: the data that decides about it, the letter's data, and how it ended."""

from dataclasses import dataclass

from services.notifications.domain.delivery import Delivery, SendOutcome
from services.notifications.domain.match import Match
from services.notifications.domain.person import Person
from services.notifications.domain.preferences import Preferences


@dataclass(frozen=True, kw_only=True)
class LetterRequest:
    """The data of one letter; contacts are still sealed. ``other`` is the other person of the match."""

    delivery: Delivery
    reader: Person
    other: Person | None = None


@dataclass(frozen=True, kw_only=True)
class PendingDelivery:
    """An unsettled delivery, locked for this transaction, with all data that decides about it."""

    delivery: Delivery
    reader: Person | None
    other: Person | None
    match: Match | None
    preferences: Preferences


@dataclass(frozen=True)
class Attempt:
    """A recorded attempt; ``number`` counts from 1."""

    request: LetterRequest
    number: int


@dataclass(frozen=True)
class EndedAttempt:
    """The outcome of an attempt, and the language of its letter."""

    attempt: Attempt
    outcome: SendOutcome
    locale: str = ""
