"""The profiles service without processes, on a database of its own and with a clock that tests move."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.chassis.background.worker import Worker
from services.chassis.identity.signed_links import LinkSigner
from services.chassis.messages.codec import decode
from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.events.catalogue import BY_TYPE
from services.profiles.adapters.tables import METADATA
from services.profiles.bootstrap import SERVICE, resources
from services.profiles.consumer import handlers
from services.profiles.schedule import jobs
from services.profiles.settings import Settings
from tests.support.fakes import FakeBroker, FixedClock
from tests.support.tokens import person_token, staff_token

_numbers = itertools.count(1)


class Account:
    """A person who signed up: their id, token and address, and the answer to the sign-up."""

    def __init__(self, answer: Mapping[str, Any], email: str) -> None:
        self.answer = answer
        self.id: str = answer["id"]
        self.token: str = answer["access_token"]
        self.email = email


class Stage:
    """A profiles service, without processes."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = FixedClock()
        self.broker = FakeBroker()
        self.parts = SERVICE.parts(settings, broker=self.broker, clock=self.clock, read_now=self.clock.read)
        self.app = SERVICE.web_app(self.parts)
        self.client: FlaskClient = self.app.test_client()
        self.resources = resources(self.parts)

    def reset(self) -> None:
        """Delete all rows and reset the clock."""
        self.clock.time = FixedClock().now()
        with self.parts.engine.begin() as connection:
            for table in reversed(METADATA.sorted_tables):
                connection.execute(table.delete())
        self.client = self.app.test_client()

    def close(self) -> None:
        self.parts.engine.dispose()

    # -- requests ---------------------------------------------------------------------------------------------------

    def ask(self, method: str, path: str, *, by: Account | str | None = None, **more: Any) -> TestResponse:
        """Send a request, signed in as a person or with a token."""
        headers = dict(more.pop("headers", {}))
        if by is not None:
            headers["Authorization"] = f"Bearer {self.token(by) if isinstance(by, Account) else by}"
        return self.client.open(path, method=method, headers=headers, **more)

    def token(self, account: Account) -> str:
        """Return the token of the sign-up, or once that has expired one as after signing in again."""
        if self.clock.now().isoformat() < account.answer["token_expires_at"]:
            return account.token
        return person_token(account.id, clock=self.clock, key=self.settings.token_private_key)

    @property
    def admin(self) -> str:
        return staff_token(clock=self.clock, key=self.settings.token_private_key)

    def mentee(self, **answers: Any) -> Account:
        """Sign up a mentee."""
        body = mentee_body(**answers)
        answer = self.ask("POST", "/profiles/v1/mentees", json=body)
        assert answer.status_code == 201, answer.json
        return Account(answer.json or {}, body["contact"]["email"])

    def mentor(self, *, approved: bool = True, **answers: Any) -> Account:
        """Apply as a mentor, and approve them."""
        body = mentor_body(**answers)
        answer = self.ask("POST", "/profiles/v1/mentors", json=body)
        assert answer.status_code == 201, answer.json
        account = Account(answer.json or {}, body["contact"]["email"])
        if approved:
            self.approve(account)
        return account

    def approve(self, account: Account, **more: Any) -> TestResponse:
        """Approve a mentor as an admin."""
        body = {"decision": "approved", "reason": "Known to us.", "trained_until": "2031-12-31"} | more
        return self.ask("POST", f"/profiles/v1/mentors/{account.id}/approval", by=self.admin, json=body)

    def person(self, account: Account) -> dict[str, Any]:
        """Return the record of a person."""
        answer = self.ask("GET", f"/profiles/v1/people/{account.id}", by=account)
        assert answer.status_code == 200, answer.json
        return dict(answer.json or {})

    def change(self, account: Account, body: Any, version: int | None = None) -> TestResponse:
        """Change a person's record, from the current version unless another is given."""
        match = f'"{version if version is not None else self.person(account)["version"]}"'
        path = f"/profiles/v1/people/{account.id}"
        return self.ask("PATCH", path, by=account, json=body, headers={"If-Match": match})

    # -- events and jobs --------------------------------------------------------------------------------------------

    def handle(self, event: Event) -> None:
        """Handle an event of another service."""
        envelope = Envelope(id="e", source="/test", type=event.type, subject="s", time=self.clock.now())
        handlers(self.resources)[type(event)](event, envelope)

    def published(self, kind: type[Event] = Event, about: str | None = None) -> list[Any]:
        """Return the events in the outbox, in order."""
        query = sa.text("SELECT headers, value, key FROM outbox ORDER BY seq")
        with self.parts.engine.connect() as connection:
            rows = connection.execute(query).all()
        events = []
        for headers, value, key in rows:
            named = dict(headers if isinstance(headers, list) else json.loads(headers))
            event = decode(BY_TYPE[named["ce_type"]], bytes(value))
            if isinstance(event, kind) and about in (None, key):
                events.append(event)
        return events

    told = published  # the name that tests/contract uses

    def run_jobs(self) -> None:
        """Run every job that is due."""
        worker = Worker(self.parts.engine, jobs(self.resources), read_now=self.clock.read)
        while worker.run_once():
            pass

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return every row of a table."""
        with self.parts.engine.connect() as connection:
            rows = connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()  # noqa: S608 - our own tables
            return [dict(row) for row in rows]

    def link(self, purpose: str, subject: str, person: str, expires_at: datetime) -> str:
        """Return the token of a link as notifications would write it into a mail."""
        return LinkSigner(*self.settings.link_secrets, clock=self.clock).sign(purpose, subject, person, expires_at)


def mentee_body(**answers: Any) -> dict[str, Any]:
    """Return a sign-up body of a mentee: the required fields and ``answers``."""
    return {
        "contact": {"email": f"mentee-{next(_numbers)}@example.org"},
        "languages": [{"tag": "en", "level": "native"}],
        "relation": "self",
        "diabetes_type": "t1d",
        "consents": ["matching"],
    } | answers


def mentor_body(**answers: Any) -> dict[str, Any]:
    """Return an application body of a mentor: the required fields and ``answers``."""
    return {
        "preferred_name": "Alex",
        "contact": {"email": f"mentor-{next(_numbers)}@example.org"},
        "languages": [{"tag": "en", "level": "native"}],
        "relations": ["self"],
        "diabetes_types": ["t1d"],
        "consents": ["matching"],
    } | answers
