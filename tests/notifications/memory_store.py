"""A notifications service on a database of its own, for tests: handle events, run jobs, read the letters."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from services.chassis.background.worker import BatchHandler, Job, Worker
from services.chassis.identity.encryption import FieldCipher
from services.chassis.identity.signed_links import LinkSigner
from services.chassis.messages.codec import decode
from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.chassis.storage.unit_of_work import UnitOfWork
from services.events import catalogue, profiles
from services.events.facts import MenteeFacts, MentorFacts, Spoken
from services.notifications.adapters.letters import LetterWriter, open_writer
from services.notifications.adapters.links import Links
from services.notifications.adapters.store import Store
from services.notifications.adapters.tables import chassis, deliveries
from services.notifications.consumer import handlers
from services.notifications.domain.delivery import Ending, SendOutcome
from services.notifications.domain.quiet import QuietHours
from services.notifications.ports import DELIVER, Letter
from services.notifications.use_cases.deliver import BATCH_SIZE, Deliver
from tests.support.fakes import FixedClock

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)
CIPHER_KEYS = {"k1": b"0123456789abcdef0123456789abcdef"}
CIPHER = FieldCipher(CIPHER_KEYS)
SECRET = "a secret for links 32 characters or more"
PROGRAMME = "cairn"
ORIGIN = "https://cairn.example"


@dataclass
class FakeChannel:
    """Stores the letters it gets; ``answers`` are its next outcomes, after which every letter is delivered."""

    name: str = "email"
    sent: list[Letter] = field(default_factory=list)
    answers: list[SendOutcome] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def send(self, letter: Letter) -> SendOutcome:
        self.sent.append(letter)
        self.meanwhile()
        return self.answers.pop(0) if self.answers else SendOutcome(Ending.DELIVERED)

    def send_all(self, letters: Sequence[Letter]) -> Generator[SendOutcome, None, None]:
        yield from map(self.send, letters)


@cache
def _shared_writer() -> LetterWriter:
    """Return a writer; translations and templates are read once per test process."""
    return open_writer(cipher=CIPHER, links=Links(LinkSigner(SECRET), ORIGIN), programme_name="Cairn")


def writer(clock: FixedClock) -> LetterWriter:
    """Return a writer whose links expire by the given clock."""
    return replace(_shared_writer(), links=Links(LinkSigner(SECRET, clock=clock), ORIGIN))


class ServiceHarness:
    """The service without processes: events go in, letters come out."""

    def __init__(self, engine: sa.Engine, *, quiet: QuietHours | None = None) -> None:
        self.engine = engine
        self.clock = FixedClock(NOON)
        self.uow: UnitOfWork[Store] = UnitOfWork(
            engine, Store, source="/notifications", read_now=lambda _: self.clock.time
        )
        self.channel = FakeChannel()
        self.handlers = handlers(self.uow)
        self.deliver = Deliver(
            uow=self.uow,
            writer=writer(self.clock),
            channel=self.channel,
            quiet=quiet,
            pause=lambda tries: 60.0 * tries,
        )
        self.worker = Worker(
            engine, {DELIVER: BatchHandler(self._jobs, BATCH_SIZE)}, read_now=lambda _: self.clock.time
        )

    def _jobs(self, jobs: Sequence[Job]) -> Mapping[str, Exception]:
        return self.deliver([job.key for job in jobs])

    def handle(self, *events: Event, at: datetime | None = None) -> None:
        """Handle events, each in a transaction, as the subscriber does."""
        for event in events:
            envelope = Envelope(
                id=str(id(event)),
                source="/test",
                type=event.type,
                subject=event.partition_key,
                time=at or self.clock.time,
            )
            with self.uow.begin():
                self.handlers[type(event)](event, envelope)

    def run_jobs(self) -> list[Letter]:
        """Run every job that is due; return the letters that this sent."""
        before = len(self.channel.sent)
        while self.worker.run_once():
            pass
        return self.channel.sent[before:]

    def advance(self, **step: float) -> list[Letter]:
        """Move the clock forward, run the jobs, and return the letters that this sent."""
        self.clock.forward(timedelta(**step))
        return self.run_jobs()

    def published(self) -> list[Event]:
        """Return every event that this service has published."""
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(chassis.outbox).order_by(chassis.outbox.c.seq)).all()
        return [decode(catalogue.BY_TYPE[dict(row.headers)["ce_type"]], row.value) for row in rows]

    def rows(self) -> list[Any]:
        """Return the rows of all deliveries."""
        with self.engine.connect() as connection:
            return list(connection.execute(sa.select(deliveries).order_by(deliveries.c.created_at, deliveries.c.kind)))

    def states(self) -> dict[str, str]:
        """Return the state of the last delivery of each kind."""
        return {row.kind: row.state for row in self.rows()}


def registered(person_id: str, *, locale: str = "en", version: int = 1, **roles: Any) -> profiles.PersonRegistered:
    """Return the event of a sign-up, as a mentee unless ``mentor`` is given."""
    return profiles.PersonRegistered(
        person_id=person_id,
        programme_id=PROGRAMME,
        version=version,
        locale=locale,
        mentee=None if roles.get("mentor") else mentee_facts(),
        mentor=mentor_facts(approved=roles.get("approved", False)) if roles.get("mentor") else None,
    )


def changed(person_id: str, *, version: int, approved: bool = True, locale: str = "en") -> profiles.PersonChanged:
    """Return the event of a mentor's changed facts."""
    return profiles.PersonChanged(
        person_id=person_id,
        programme_id=PROGRAMME,
        version=version,
        locale=locale,
        mentor=mentor_facts(approved=approved),
    )


def mentee_facts() -> MenteeFacts:
    return MenteeFacts(
        waiting_since=NOON, languages=(Spoken(tag="en", level="native"),), relation="self", diabetes_type="t1d"
    )


def mentor_facts(*, approved: bool) -> MentorFacts:
    return MentorFacts(
        languages=(Spoken(tag="en", level="native"),),
        relations=("self",),
        diabetes_types=("t1d",),
        approved=approved,
    )


def contact(person_id: str, **given: Any) -> profiles.ContactChanged:
    """Return the event of a person's contact, sealed as profiles does."""
    details = {
        "email": given.pop("email", f"{person_id}@example.org"),
        "phone": None,
        "name": given.pop("name", person_id.capitalize()),
        "pronouns": None,
    }
    values: dict[str, Any] = {
        "version": 1,
        "locale": "en",
        "time_zone": "UTC",
        "messages_consent": True,
        **given,
    }
    return profiles.ContactChanged(
        person_id=person_id,
        programme_id=PROGRAMME,
        sealed=CIPHER.seal(json.dumps(details), f"contact:{person_id}"),
        **values,
    )


@cache
def _migrated() -> bytes:
    """Return an SQLite file with the newest schema, made once per test process: copying is faster than migrating."""
    from services.chassis.storage.migrations import migrate
    from services.notifications.bootstrap import SERVICE

    with TemporaryDirectory() as folder:
        path = Path(folder) / "fresh.db"
        migrate(f"sqlite:///{path}", SERVICE.migrations)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        return path.read_bytes()


def open_database(folder: Path) -> str:
    """Return the URL of a fresh database with the newest schema."""
    path = folder / "notifications.db"
    path.write_bytes(_migrated())
    return f"sqlite:///{path}"
