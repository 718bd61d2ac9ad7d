"""What the use cases need of the world, named in our own words; `adapters` say how."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from services.chassis.messages.event import Event
from services.notifications.domain.attempt import Attempt, Ended, Order, Waiting
from services.notifications.domain.delivery import Delivery, Outcome, State
from services.notifications.domain.match import Match, MatchState
from services.notifications.domain.person import Person
from services.notifications.domain.preferences import Preferences

DELIVER = "deliver"
"""The kind of the jobs that deliver; the key is the delivery's id."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message as it leaves: both forms of its text, and the extra headers. `id` is the same for every attempt."""

    id: str
    address: str
    name: str
    locale: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """A way to reach a person. To add one: copy the nearest adapter, choose it in `bootstrap.py`."""

    name: str

    def send(self, letter: Letter) -> Outcome:
        """Hand over one letter and say how it ended. Never raises for what can go wrong on the way."""
        ...

    def send_all(self, letters: Sequence[Letter]) -> Generator[Outcome, None, None]:
        """Hand over letters one by one, each when its outcome is asked for, and say of each how it ended."""
        ...


class Writer(Protocol):
    """Puts a message into the reader's words."""

    def write(self, order: Order) -> Letter:
        """Return the letter; raise `CannotWrite` when its contact cannot be read."""
        ...


class CannotWrite(Exception):
    """A letter cannot be written, and trying again will not help; `cause` is a code."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One delivery as the admin's list shows it: no address, no name, no text."""

    id: str
    person_id: str | None
    kind: str
    subject: str | None
    state: str
    cause: str
    locale: str
    channel: str
    tries: int
    unclear_tries: int
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which deliveries a list shows; None stands for any. `after` continues behind (moment, id)."""

    programme_id: str
    kind: str | None = None
    state: str | None = None
    person_id: str | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many deliveries share a kind, a language and a state."""

    kind: str
    locale: str
    state: str
    count: int


class Store(Protocol):
    """Everything notifications keeps, inside one open transaction."""

    @property
    def now(self) -> datetime:
        """Database time, UTC."""
        ...

    def publish(self, *events: Event) -> None:
        """Put events into the outbox."""
        ...

    def enqueue(
        self, kind: str, key: str, *, due_at: datetime | None = None, payload: Mapping[str, object] | None = None
    ) -> None:
        """Ask for a job."""
        ...

    def audit(
        self,
        action: str,
        subject: str,
        *,
        by: str,
        reason: str | None = None,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        """Add to the audit."""
        ...

    def person(self, person_id: str) -> Person | None:
        """A person, or their tombstone; None when nothing was heard of them."""
        ...

    def hold_people(self, person_ids: Sequence[str], programme_id: str) -> None:
        """Hold several people at once for this transaction: nobody else changes them meanwhile."""
        ...

    def hold_person(self, person_id: str, programme_id: str) -> Person | None:
        """A person, or their tombstone, held like that."""
        ...

    def save_person(self, person: Person) -> None:
        """Keep a person, who is held, as they are now."""
        ...

    def match(self, match_id: str) -> Match | None:
        """A match as heard."""
        ...

    def expect_matches(self, match_ids: Sequence[str]) -> None:
        """Read matches at once, of which events are about to be heard."""
        ...

    def save_match(self, match: Match) -> None:
        """Keep a match as it is now."""
        ...

    def preferences(self, person_id: str) -> Preferences:
        """A person's wishes; those everybody starts with when they never said any."""
        ...

    def save_preferences(self, preferences: Preferences) -> bool:
        """Keep a person's wishes; False when somebody changed them meanwhile."""
        ...

    def add_delivery(self, delivery: Delivery) -> None:
        """Keep a new delivery, and ask for its job, unless this (recipient, kind, subject, sequence) is there."""
        ...

    def waiting(self, delivery_ids: Sequence[str]) -> Sequence[Waiting]:
        """Those deliveries that are not settled, held for this transaction: nobody else changes them meanwhile."""
        ...

    def hasten(self, limit: int | None = None) -> int:
        """Make deliveries due now that wait since the mail server was away, oldest first; how many."""
        ...

    def release(self, person_id: str) -> None:
        """Queue what waited for this person's contact."""
        ...

    def lapse(self, match_id: str, unless: MatchState) -> None:
        """Put aside what a match no longer gives a reason for."""
        ...

    def begin_attempts(self, orders: Sequence[Order]) -> Sequence[Attempt]:
        """Record that attempts begin, before anything leaves, and earlier ones without an end as unclear."""
        ...

    def end_attempts(self, ends: Sequence[Ended]) -> Mapping[str, Delivery]:
        """Record how attempts ended; the deliveries, held, of those that were the ones under way (still)."""
        ...

    def put_back(self, delivery_id: str) -> None:
        """Let a delivery, whose attempt ended, wait for the next one."""
        ...

    def settle(self, delivery_id: str, state: State, *, cause: str = "", locale: str = "", channel: str = "") -> None:
        """Give a delivery its state; a settled one forgets its facts."""
        ...

    def overdue(self, limit: int) -> Sequence[Delivery]:
        """Deliveries that still wait although their reason is over."""
        ...

    def stranded(self, limit: int) -> Sequence[str]:
        """Deliveries that are to be sent and have no job that would."""
        ...

    def hold_farewell(self, person: Person, delivery_id: str, version: int) -> None:
        """Keep an erased person's sealed contact for one last mail."""
        ...

    def farewell(self, delivery_id: str) -> tuple[Person, int] | None:
        """Whom that last mail goes to, and the version of the erasure."""
        ...

    def farewell_of(self, person_id: str) -> bool:
        """Whether a last mail to this person is still on its way."""
        ...

    def end_farewell(self, delivery_id: str) -> None:
        """Forget that contact, and whose delivery it was."""
        ...

    def forget(self, person_id: str) -> None:
        """Take a person out of everything: deliveries become numbers, wishes and matches lose them."""
        ...

    def deliveries(self, wanted: Wanted) -> Sequence[Shown]:
        """Newest first, one more than the limit when there are more."""
        ...

    def counts(self, programme_id: str) -> Sequence[Count]:
        """How many deliveries there are of each kind, language and state."""
        ...

    def first_time(self, programme_id: str, request_id: str) -> bool:
        """Whether this database never asked for everybody of a programme; from now on it has."""
        ...

    def prune(self, before: datetime) -> int:
        """Drop matches that ended, and deliveries that settled, before a moment; how many."""
        ...


@dataclass(frozen=True, kw_only=True)
class ReadMail:
    """A mail in the development mailbox; `name` is its file, `links` the addresses in its text."""

    name: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str
    links: tuple[str, ...]


class MailReader(Protocol):
    """Reads back what the file channel wrote; for development only."""

    def newest(self, *, to: str = "", limit: int = 200) -> Sequence[ReadMail]:
        """The newest mails first, perhaps of one recipient."""
        ...

    def read(self, name: str) -> ReadMail | None:
        """One mail by its file name; None when there is none of that name."""
        ...


class Unit(Protocol):
    """Opens transactions."""

    def begin(self) -> AbstractContextManager[Store]:
        """One transaction; an inner one joins it."""
        ...
