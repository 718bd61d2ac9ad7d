"""People for the system tests, created through the public API.

The people of each test speak their own language, so that nobody is paired with a person of another test.
"""

import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, TypeVar

from deploy.demo.client import Client
from deploy.local.system import System
from tests.support.patience import PATIENCE

T = TypeVar("T")

# Real languages that no other test data uses.
_WORDS = "is cy mt eu gl fo se rm lb ga gd br co oc an ast sc fur vec lij pms nap scn szl hsb dsb csb kw gv wa li fy"
_LANGUAGES = itertools.cycle(_WORDS.split())


@dataclass(frozen=True)
class Person:
    """A person who signed up: id, token and mail address."""

    id: str
    token: str
    email: str


def eventually(what: Callable[[], T | None], *, description: str = "") -> T:
    """Poll until there is an answer and return it; the limit is generous, since it only ends failing tests."""
    deadline = time.monotonic() + PATIENCE
    while True:
        answer = what()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen in time: {description or what}")
        time.sleep(0.1)


class Stage:
    """One running system, with the steps of the tests."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.client = Client(system.url)
        self.admin = system.access_token()

    def a_language(self) -> str:
        """Return a language that no other test uses."""
        return next(_LANGUAGES)

    def mentee(self, language: str, **answers: Any) -> Person:
        """Sign up a mentee."""
        email = f"mentee-{secrets.token_hex(6)}@example.org"
        body = {
            "preferred_name": "Robin",
            "contact": {"email": email},
            "languages": [{"tag": language, "level": "native"}],
            "relation": "self",
            "diabetes_type": "t1d",
            "consents": ["matching", "messages"],
        } | answers
        made = self.client.post("/profiles/v1/mentees", body).body
        return Person(made["id"], made["access_token"], email)

    def mentor(self, language: str, *, approved: bool = True, **answers: Any) -> Person:
        """Apply as a mentor, and approve the application as an admin."""
        email = f"mentor-{secrets.token_hex(6)}@example.org"
        body = {
            "preferred_name": "Kim",
            "contact": {"email": email},
            "languages": [{"tag": language, "level": "native"}],
            "relations": ["self"],
            "diabetes_types": ["t1d"],
            "capacity": 1,
            "consents": ["matching", "messages"],
        } | answers
        made = self.client.post("/profiles/v1/mentors", body).body
        if approved:
            approval = {"decision": "approved", "reason": "known to the programme", "trained_until": "2099-12-31"}
            self.client.post(f"/profiles/v1/mentors/{made['id']}/approval", approval, token=self.admin)
        return Person(made["id"], made["access_token"], email)

    def matches_of(self, person: Person, state: str = "") -> list[dict[str, Any]]:
        """Return the matches that a person sees, newest first."""
        items: list[dict[str, Any]] = self.client.get("/matcher/v1/matches", token=person.token, mine="true")["items"]
        return [match for match in items if not state or match["state"] == state]

    def match_of(self, person: Person, state: str) -> dict[str, Any]:
        """Wait until a person has a match in a state; return it."""
        return eventually(
            lambda: next(iter(self.matches_of(person, state)), None), description=f"a match of {person.id} in {state}"
        )

    def mails_to(self, person: Person) -> list[EmailMessage]:
        """Return every mail to a person, oldest first."""
        mails = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted(self.system.outbox.rglob("*.eml"), key=lambda path: path.stat().st_mtime)
        ]
        return [mail for mail in mails if isinstance(mail, EmailMessage) and person.email in str(mail["To"])]

    def mail_with(self, person: Person, part: str) -> str:
        """Wait for a mail to a person whose text contains ``part``; return the text."""

        def read() -> str | None:
            texts = (mail.get_body(("plain",)) for mail in self.mails_to(person))
            return next((text for body in texts if body and part in (text := body.get_content())), None)

        return eventually(read, description=f"a mail to {person.email} with {part!r}")

    def post(self, path: str, person: Person, body: Any = None) -> Any:
        """Post as a person, with a new idempotency key; return the body of the answer."""
        return self.client.post(path, body, token=person.token, key=secrets.token_hex(8)).body
