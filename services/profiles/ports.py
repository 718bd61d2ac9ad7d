"""The ports of the use cases: a store within a transaction, encryption, tokens, links, and programme rules."""

from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from services.chassis.identity.access_tokens import LIFE
from services.chassis.identity.principal import Principal
from services.chassis.identity.signed_links import Link
from services.chassis.messages.event import Event
from services.profiles.domain.api_key import ApiKey
from services.profiles.domain.consent import ConsentEntry
from services.profiles.domain.erasure import Tombstone
from services.profiles.domain.introduction import Introduction
from services.profiles.domain.person import Person
from services.profiles.domain.session import Session


class People(Protocol):
    """The people of a programme."""

    def add(self, person: Person) -> None:
        """Store a new person; raise Conflict ``address_known`` when the address is taken."""

    def get(self, person_id: str, *, to_change: bool = False) -> Person | None:
        """Return a person, None when unknown; ``to_change`` locks the row until the transaction ends."""

    def all_exist(self, person_ids: Set[str]) -> bool:
        """Return whether all of these people are in a programme."""

    def save(self, person: Person, was: int) -> None:
        """Store a changed person; raise Stale unless the stored version is still ``was``."""

    def id_by_email(self, programme_id: str, email: str) -> str | None:
        """Return the id of the person with this address (in any case); None when there is none."""

    def forget(self, person_id: str) -> None:
        """Delete every personal row of this person."""

    def raise_versions(self, by: int) -> int:
        """Raise the version of every person; return how many people there are."""

    def after(self, programme_id: str, last_id: str, limit: int) -> Sequence[Person]:
        """Return up to ``limit`` people with ids after ``last_id``, in the order of their ids."""

    def mentors(
        self, programme_id: str, status: str | None, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[Person]:
        """Return mentors by the time of their application, oldest first, after ``after``."""


class Ledger(Protocol):
    """The consent ledger: who agreed to what, and when."""

    def write(self, person_id: str, entries: Sequence[ConsentEntry]) -> None:
        """Append entries; existing ones never change."""

    def of(self, person_id: str) -> Sequence[ConsentEntry]:
        """Return a person's entries, oldest first."""


class Tombstones(Protocol):
    """The tombstones of erased people."""

    def get(self, person_id: str, *, to_change: bool = False) -> Tombstone | None:
        """Return the tombstone of a person, if any; ``to_change`` locks the row until the transaction ends."""

    def put(self, tombstone: Tombstone) -> None:
        """Insert or update a tombstone."""

    def after(self, programme_id: str, last_id: str, limit: int) -> Sequence[Tombstone]:
        """Return up to ``limit`` tombstones with person ids after ``last_id``."""


class SignIns(Protocol):
    """Requests for sign-in links; each link works once."""

    def add(self, request_id: str, person_id: str, expires_at: datetime) -> None:
        """Store a request."""

    def end_earlier(self, person_id: str) -> None:
        """End the links of a person that were not used."""

    def use(self, request_id: str, person_id: str) -> bool:
        """Mark a request as used; return False when it is unknown, foreign, expired or already used."""

    def of(self, person_id: str) -> Sequence[Mapping[str, Any]]:
        """Return a person's requests for their export."""

    def forget_before(self, moment: datetime) -> None:
        """Delete requests that expired before a moment."""


class Sessions(Protocol):
    """The sessions of people and staff."""

    def add(self, session: Session) -> None:
        """Store a new session."""

    def get(self, session_id: str, *, to_change: bool = False) -> Session | None:
        """Return a session, ended or not; ``to_change`` locks the row until the transaction ends."""

    def save(self, session: Session) -> None:
        """Store a changed session."""

    def open_of(self, subject_id: str) -> Sequence[Session]:
        """Return the open sessions of a subject, newest first."""

    def end_all(self, subject_id: str) -> Sequence[str]:
        """End the open sessions of a subject; return their ids."""

    def forget_before(self, moment: datetime) -> None:
        """Delete sessions that ended or expired before a moment."""


class ApiKeys(Protocol):
    """The API keys of the programme's own systems."""

    def add(self, key: ApiKey) -> None:
        """Store a new key."""

    def get(self, key_id: str, *, to_change: bool = False) -> ApiKey | None:
        """Return a key, valid or not; ``to_change`` locks the row until the transaction ends."""

    def save(self, key: ApiKey) -> None:
        """Store a changed key."""

    def of(self, programme_id: str) -> Sequence[ApiKey]:
        """Return all keys of a programme, newest first."""


class Introductions(Protocol):
    """The introductions of matches."""

    def prefetch(self, match_ids: Sequence[str]) -> None:
        """Read several introductions at once, before their events are handled."""

    def get(self, match_id: str) -> Introduction | None:
        """Return an introduction, None when unknown."""

    def put(self, introduction: Introduction) -> None:
        """Insert or update an introduction."""

    def of(self, person_id: str) -> Sequence[Introduction]:
        """Return the introductions of a person."""


class Waits(Protocol):
    """How long people waited, without their ids."""

    def add(self, match_id: str, programme_id: str, seconds: int) -> None:
        """Store one wait; the same match again changes nothing."""

    def since(self, programme_id: str, moment: datetime) -> Sequence[int]:
        """Return the recent waits in seconds."""


class Store(Protocol):
    """The data of profiles within one transaction."""

    @property
    def people(self) -> People:
        """Return the people of a programme."""

    @property
    def ledger(self) -> Ledger:
        """Return the consent ledger."""

    @property
    def tombstones(self) -> Tombstones:
        """Return the tombstones of erased people."""

    @property
    def sign_ins(self) -> SignIns:
        """Return the requests for sign-in links."""

    @property
    def sessions(self) -> Sessions:
        """Return the sessions of people and staff."""

    @property
    def api_keys(self) -> ApiKeys:
        """Return the API keys of the programme's own systems."""

    @property
    def introductions(self) -> Introductions:
        """Return the introductions of matches."""

    @property
    def waits(self) -> Waits:
        """Return how long people waited."""

    @property
    def now(self) -> datetime:
        """Return the database's time when the transaction began, UTC."""

    def end_sessions(self, *sessions: str) -> None:
        """Refuse the access tokens of these sessions from now on."""

    def publish(self, *events: Event) -> None:
        """Publish events to other services if the transaction commits."""

    def enqueue(
        self, kind: str, key: str, *, due_at: datetime | None = None, payload: Mapping[str, Any] | None = None
    ) -> None:
        """Enqueue a job for the worker."""

    def audit(
        self, action: str, subject: str, *, by: str, reason: str | None = None, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Record who did what to which id."""

    def audited(self, subject: str) -> Sequence[Mapping[str, Any]]:
        """Return the audit records of an id, for its export."""


class Seal(Protocol):
    """Encrypts a text so that it opens only with the key and in its context."""

    def seal(self, text: str, context: str) -> str:
        """Return the sealed text."""


class Tokens(Protocol):
    """Issues access tokens."""

    def issue(self, principal: Principal, *, ttl: timedelta = LIFE, audience: Sequence[str] | None = None) -> str:
        """Return a token that expires after ``ttl`` and opens the services of ``audience``, by default all."""


class Links(Protocol):
    """Signs links, and reads them from mails."""

    def sign(self, purpose: str, subject: str, person: str, expires_at: datetime) -> str:
        """Return a token that is safe in a URL."""

    def read(self, token: str, purpose: str) -> Link:
        """Return the content of a genuine link; raise NotFound for any other."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules of a programme."""

    programme: str
    youth_track: bool = False
    session_life: timedelta = timedelta(days=30)
    sessions_kept: timedelta = timedelta(days=30)
    link_life: timedelta = timedelta(minutes=30)


class Begin(Protocol):
    """Opens a transaction, or joins the one that is open; commits at its outermost end, rolls back on any exception."""

    def __call__(self, *, read_only: bool = False) -> AbstractContextManager[Store]:
        """Return the store within the transaction; ``read_only`` reads one snapshot and refuses writes."""


@dataclass(frozen=True, kw_only=True)
class Resources:
    """The ports and rules that a use case may use."""

    begin: Begin
    new_id: Callable[[], str]
    seal: Seal
    tokens: Tokens
    links: Links
    rules: Rules
