"""The ports of the use cases: a store within a transaction, a letter writer, channels, and the mailbox."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from services.chassis.messages.event import Event
from services.notifications.domain.attempt import Attempt, EndedAttempt, LetterRequest, PendingDelivery
from services.notifications.domain.delivery import Delivery, SendOutcome, State
from services.notifications.domain.match import Match, MatchState
from services.notifications.domain.person import Person
from services.notifications.domain.preferences import Preferences

DELIVER = "deliver"
"""The kind of the jobs that deliver; the key is the delivery's id."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message as it is sent: text, HTML and extra headers. ``id`` is the same for every attempt."""

    id: str
    address: str
    name: str
    locale: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """A way to reach a person. To add one: copy the nearest adapter, choose it in ``bootstrap.py``."""

    name: str

    def send(self, letter: Letter) -> SendOutcome:
        """Hand over one letter and return how it ended; never raise for a fault of the channel."""
        ...

    def send_all(self, letters: Sequence[Letter]) -> Generator[SendOutcome, None, None]:
        """Hand over letters one by one, each when its outcome is requested, and yield how each ended."""
        ...


class Writer(Protocol):
    """Writes letters in the reader's language."""

    def write(self, request: LetterRequest) -> Letter:
        """Return the letter; raise ``CannotWrite`` when its contact cannot be read."""
        ...


class CannotWrite(Exception):
    """A letter cannot be written, and retrying will not help; ``cause`` is a code."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True, kw_only=True)
class DeliverySummary:
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
class DeliveryFilter:
    """A filter and page of deliveries; None means any. ``after`` is the last (created_at, id) of the page before."""

    programme_id: str
    kind: str | None = None
    state: str | None = None
    person_id: str | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class DeliveryCount:
    """The number of deliveries of one kind, language and state."""

    kind: str
    locale: str
    state: str
    count: int


class Store(Protocol):
    """The data of notifications within one transaction."""

    @property
    def now(self) -> datetime:
        """Return the database's time, UTC."""
        ...

    def end_sessions(self, *sessions: str) -> None:
        """Refuse the access tokens of these sessions from now on."""

    def publish(self, *events: Event) -> None:
        """Put events into the outbox."""
        ...

    def enqueue(
        self, kind: str, key: str, *, due_at: datetime | None = None, payload: Mapping[str, object] | None = None
    ) -> None:
        """Enqueue a job."""
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
        """Record an action in the audit."""
        ...

    def person(self, person_id: str) -> Person | None:
        """Return a person or their tombstone; None for an unknown id."""
        ...

    def lock_people(self, person_ids: Sequence[str], programme_id: str) -> None:
        """Lock several people for this transaction."""
        ...

    def lock_person(self, person_id: str, programme_id: str) -> Person | None:
        """Lock and return a person or their tombstone; None for an unknown id."""
        ...

    def erased_ids(self) -> Sequence[str]:
        """Return the ids of all people who were erased, in order."""
        ...

    def save_person(self, person: Person) -> None:
        """Store a locked person."""
        ...

    def match(self, match_id: str) -> Match | None:
        """Return a match; None when no event of it was handled."""
        ...

    def prefetch_matches(self, match_ids: Sequence[str]) -> None:
        """Read several matches at once, before their events are handled."""
        ...

    def save_match(self, match: Match) -> None:
        """Store a match."""
        ...

    def preferences(self, person_id: str) -> Preferences:
        """Return a person's preferences; the defaults when they never changed them."""
        ...

    def save_preferences(self, preferences: Preferences) -> bool:
        """Store preferences that follow the stored version; return False when that version has changed since."""
        ...

    def add_delivery(self, delivery: Delivery) -> None:
        """Store a new delivery and enqueue its job, unless this (recipient, kind, subject, sequence) exists."""
        ...

    def lock_pending(self, delivery_ids: Sequence[str]) -> Sequence[PendingDelivery]:
        """Return the unsettled ones of these deliveries, locked for this transaction, with all that decides."""
        ...

    def hasten(self, limit: int | None = None) -> int:
        """Make deliveries due whose last attempt met a mail server that was away, oldest first; return their number."""
        ...

    def release(self, person_id: str) -> None:
        """Queue the deliveries that wait for this person's contact."""
        ...

    def lapse(self, match_id: str, unless: MatchState) -> None:
        """Let deliveries lapse that need another state of the match."""
        ...

    def begin_attempts(self, requests: Sequence[LetterRequest]) -> Sequence[Attempt]:
        """Record that attempts begin, before anything is sent, and earlier ones without an end as unclear."""
        ...

    def end_attempts(self, ends: Sequence[EndedAttempt]) -> Mapping[str, Delivery]:
        """Record how attempts ended; return the deliveries, locked, of those that were still open."""
        ...

    def put_back(self, delivery_id: str) -> None:
        """Queue a delivery for its next attempt."""
        ...

    def settle(self, delivery_id: str, state: State, *, cause: str = "", locale: str = "", channel: str = "") -> None:
        """Give a delivery its final state, and delete its facts."""
        ...

    def overdue(self, limit: int) -> Sequence[Delivery]:
        """Return up to ``limit`` unsettled deliveries that have lapsed, except those being sent."""
        ...

    def without_job(self, limit: int) -> Sequence[str]:
        """Return up to ``limit`` ids of deliveries that are to be sent and have no job."""
        ...

    def store_farewell(self, person: Person, delivery_id: str, version: int) -> None:
        """Store an erased person's sealed contact for one last mail."""
        ...

    def farewell(self, delivery_id: str) -> tuple[Person, int] | None:
        """Return the recipient of a last mail and the version of the erasure; None when there is none."""
        ...

    def has_farewell(self, person_id: str) -> bool:
        """Return whether a last mail to this person is still pending."""
        ...

    def end_farewell(self, delivery_id: str) -> None:
        """Delete the contact of a last mail, and the recipient of its delivery."""
        ...

    def forget(self, person_id: str) -> None:
        """Delete a person's preferences, and remove their id from deliveries and matches."""
        ...

    def deliveries(self, filters: DeliveryFilter) -> Sequence[DeliverySummary]:
        """Return deliveries, newest first, one more than the limit if there are more."""
        ...

    def counts(self, programme_id: str) -> Sequence[DeliveryCount]:
        """Return the number of deliveries by kind, language and state."""
        ...

    def record_first_request(self, programme_id: str, request_id: str) -> bool:
        """Record the request for all people of a programme; return False when there was one before."""
        ...

    def prune(self, before: datetime) -> int:
        """Delete matches that ended and deliveries that settled before a moment; return the number of rows."""
        ...


@dataclass(frozen=True, kw_only=True)
class StoredMail:
    """A mail in the development mailbox; ``name`` is its file, ``links`` are the URLs in its text."""

    name: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str
    links: tuple[str, ...]


class MailReader(Protocol):
    """Reads the mails that the file channel wrote; for development only."""

    def newest(self, *, to: str = "", limit: int = 200) -> Sequence[StoredMail]:
        """Return up to ``limit`` mails, newest first; with ``to`` only those of that recipient."""
        ...

    def read(self, name: str) -> StoredMail | None:
        """Return a mail by its file name; None when there is none."""
        ...


class Unit(Protocol):
    """Opens transactions."""

    def begin(self) -> AbstractContextManager[Store]:
        """Open a transaction; an inner one joins the outer."""
        ...
