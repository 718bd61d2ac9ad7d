"""An attempt to deliver a message: what is known before it, what is written, and how it ended."""

from dataclasses import dataclass

from services.notifications.domain.delivery import Delivery, Outcome
from services.notifications.domain.match import Match
from services.notifications.domain.person import Person
from services.notifications.domain.preferences import Preferences


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a writer needs for one letter; contacts are still sealed. `other` is the other person of the match."""

    delivery: Delivery
    reader: Person
    other: Person | None = None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A delivery that is not settled, held for this transaction, with all that is to be known to decide about it."""

    delivery: Delivery
    reader: Person | None
    other: Person | None
    match: Match | None
    preferences: Preferences


@dataclass(frozen=True)
class Attempt:
    """An attempt that is recorded; `number` counts from 1."""

    order: Order
    number: int


@dataclass(frozen=True)
class Ended:
    """How an attempt ended, and in which language it was written."""

    attempt: Attempt
    outcome: Outcome
    locale: str = ""
