"""What the use cases need of the world: a store within a transaction, a seal, tokens, links, and the house rules.

Named here, done by the adapters; a test brings its own.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from services.chassis.identity.signed_links import Link
from services.chassis.messages.event import Event
from services.profiles.domain.consent import ConsentEntry
from services.profiles.domain.erasure import Tombstone
from services.profiles.domain.introduction import Introduction
from services.profiles.domain.person import Person


class People(Protocol):
    """Everybody who is in a programme."""

    def add(self, person: Person) -> None:
        """Keep a newcomer; raise Conflict `address_known` when the address belongs to somebody already."""

    def get(self, person_id: str, *, to_change: bool = False) -> Person | None:
        """Return a person, None when unknown; `to_change` keeps other writers waiting until the transaction ends."""

    def are_here(self, person_ids: Set[str]) -> bool:
        """Tell whether all of them are in a programme."""

    def save(self, person: Person, was: int) -> None:
        """Keep a changed person; raise Stale unless the kept version is still `was`."""

    def id_at(self, programme_id: str, email: str) -> str | None:
        """Return whose address this is, in any spelling of its case."""

    def forget(self, person_id: str) -> None:
        """Remove every personal row of this person."""

    def after(self, programme_id: str, last_id: str, limit: int) -> Sequence[Person]:
        """Return up to `limit` people with ids beyond `last_id`, in the order of their ids."""

    def mentors(
        self, programme_id: str, status: str | None, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[Person]:
        """Return mentors by the time of their application, oldest first, beyond `after`."""


class Ledger(Protocol):
    """Who agreed to what, and when."""

    def write(self, person_id: str, entries: Sequence[ConsentEntry]) -> None:
        """Add entries; nothing is ever changed."""

    def of(self, person_id: str) -> Sequence[ConsentEntry]:
        """Return a person's entries, oldest first."""


class Tombstones(Protocol):
    """Who was erased."""

    def get(self, person_id: str) -> Tombstone | None:
        """Return the trace of an erased person, None when there is none."""

    def put(self, tombstone: Tombstone) -> None:
        """Keep it, new or with another receipt."""

    def after(self, programme_id: str, last_id: str, limit: int) -> Sequence[Tombstone]:
        """Return up to `limit` of them with person ids beyond `last_id`."""


class SignIns(Protocol):
    """Sign-in links asked for; each acts once."""

    def add(self, request_id: str, person_id: str, expires_at: datetime) -> None:
        """Keep a request."""

    def use(self, request_id: str, person_id: str) -> bool:
        """Mark it used; False when it is unknown, foreign, over or used already."""

    def of(self, person_id: str) -> Sequence[Mapping[str, Any]]:
        """Return a person's requests for their export."""

    def forget_before(self, moment: datetime) -> None:
        """Remove requests that were over before a moment."""


class Introductions(Protocol):
    """The matches of which two people see a card."""

    def expect(self, match_ids: Sequence[str]) -> None:
        """Read several at once, of which events are about to be heard."""

    def get(self, match_id: str) -> Introduction | None:
        """Return one, None when unknown."""

    def put(self, introduction: Introduction) -> None:
        """Keep it, new or changed."""

    def of(self, person_id: str) -> Sequence[Introduction]:
        """Return those a person is part of."""


class Waits(Protocol):
    """How long people waited, with no word of who."""

    def add(self, match_id: str, programme_id: str, seconds: int) -> None:
        """Keep one wait; the same match again changes nothing."""

    def since(self, programme_id: str, moment: datetime) -> Sequence[int]:
        """Return the recent waits in seconds."""


class Store(Protocol):
    """Everything kept, within one transaction; `now` is the database's time."""

    @property
    def people(self) -> People:
        """Everybody who is in a programme."""

    @property
    def ledger(self) -> Ledger:
        """Who agreed to what, and when."""

    @property
    def tombstones(self) -> Tombstones:
        """Who was erased."""

    @property
    def sign_ins(self) -> SignIns:
        """Sign-in links asked for."""

    @property
    def introductions(self) -> Introductions:
        """The matches of which two people see a card."""

    @property
    def waits(self) -> Waits:
        """How long people waited."""

    @property
    def now(self) -> datetime:
        """The database's time when the transaction began, UTC."""

    def publish(self, *events: Event) -> None:
        """Tell other services, if the transaction commits."""

    def enqueue(
        self, kind: str, key: str, *, due_at: datetime | None = None, payload: Mapping[str, Any] | None = None
    ) -> None:
        """Leave a job for the worker."""

    def audit(
        self, action: str, subject: str, *, by: str, reason: str | None = None, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Record who did what to which id."""

    def audited(self, subject: str) -> Sequence[Mapping[str, Any]]:
        """Return what was recorded about an id, for its export."""


class Seal(Protocol):
    """Closes a text so that only those with the key can read it, and only in its context."""

    def seal(self, text: str, context: str) -> str:
        """Return the sealed text."""


class Tokens(Protocol):
    """Issues what shows who somebody is."""

    def issue(self, person_id: str, programme: str, roles: tuple[str, ...] = (), ttl: timedelta | None = None) -> str:
        """Return a token."""


class Links(Protocol):
    """Reads the links that mails carry."""

    def read(self, token: str, purpose: str) -> Link:
        """Return what a genuine link says; raise NotFound for any other."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How a programme wants it."""

    programme: str
    youth_track: bool = False
    token_life: timedelta = timedelta(hours=12)
    link_life: timedelta = timedelta(minutes=30)


class Begin(Protocol):
    """Opens a transaction, or joins the one that is open; commits at its outermost end, rolls back on any exception."""

    def __call__(self, *, read_only: bool = False) -> AbstractContextManager[Store]:
        """Return the store within the transaction; `read_only` sees one snapshot and refuses to write."""


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Everything a use case may reach, passed in whole."""

    begin: Begin
    new_id: Callable[[], str]
    seal: Seal
    tokens: Tokens
    links: Links
    rules: Rules
