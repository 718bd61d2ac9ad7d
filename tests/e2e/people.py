"""People for the stories, told through the public API.

Each story speaks a language of its own, so that nobody of one story is paired with somebody of another.
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

T = TypeVar("T")

# Real languages that no other test data uses.
_WORDS = "is cy mt eu gl fo se rm lb ga gd br co oc an ast sc fur vec lij pms nap scn szl hsb dsb csb kw gv wa li fy"
_LANGUAGES = itertools.cycle(_WORDS.split())


@dataclass(frozen=True)
class Person:
    """Somebody signed up: their id, their token, and the address their mails go to."""

    id: str
    token: str
    email: str


def eventually(what: Callable[[], T | None], *, seconds: float = 30.0, saying: str = "") -> T:
    """Ask again until there is an answer; the limit is generous, since it only ends a test that has failed."""
    deadline = time.monotonic() + seconds
    while True:
        answer = what()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"it never happened: {saying or what}")
        time.sleep(0.1)


class Stage:
    """One running system, and what the stories do with it."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.client = Client(system.url)
        self.admin = system.keys["ADMIN_TOKEN"]

    def a_language(self) -> str:
        """A language that only this story speaks."""
        return next(_LANGUAGES)

    def mentee(self, language: str, **told: Any) -> Person:
        """Sign a mentee up."""
        email = f"mentee-{secrets.token_hex(6)}@example.org"
        body = {
            "preferred_name": "Robin",
            "contact": {"email": email},
            "languages": [{"tag": language, "level": "native"}],
            "relation": "self",
            "diabetes_type": "t1d",
            "consents": ["matching", "messages"],
        } | told
        made = self.client.post("/profiles/v1/mentees", body).body
        return Person(made["id"], made["access_token"], email)

    def mentor(self, language: str, *, approved: bool = True, **told: Any) -> Person:
        """A mentor applies, and an admin approves them."""
        email = f"mentor-{secrets.token_hex(6)}@example.org"
        body = {
            "preferred_name": "Kim",
            "contact": {"email": email},
            "languages": [{"tag": language, "level": "native"}],
            "relations": ["self"],
            "diabetes_types": ["t1d"],
            "capacity": 1,
            "consents": ["matching", "messages"],
        } | told
        made = self.client.post("/profiles/v1/mentors", body).body
        if approved:
            approval = {"decision": "approved", "reason": "known to the programme", "trained_until": "2099-12-31"}
            self.client.post(f"/profiles/v1/mentors/{made['id']}/approval", approval, token=self.admin)
        return Person(made["id"], made["access_token"], email)

    def matches_of(self, person: Person, state: str = "") -> list[dict[str, Any]]:
        """The matches a person sees, newest first."""
        items: list[dict[str, Any]] = self.client.get("/matcher/v1/matches", token=person.token, mine="true")["items"]
        return [match for match in items if not state or match["state"] == state]

    def match_of(self, person: Person, state: str) -> dict[str, Any]:
        """Wait until a person has a match in a state."""
        return eventually(
            lambda: next(iter(self.matches_of(person, state)), None), saying=f"a match of {person.id} in {state}"
        )

    def mails_to(self, person: Person) -> list[EmailMessage]:
        """Every mail in the outbox for a person, oldest first."""
        mails = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted(self.system.outbox.rglob("*.eml"), key=lambda path: path.stat().st_mtime)
        ]
        return [mail for mail in mails if isinstance(mail, EmailMessage) and person.email in str(mail["To"])]

    def mail_with(self, person: Person, part: str) -> str:
        """Wait for a mail to a person whose text holds ``part``; the whole text."""

        def found() -> str | None:
            texts = (mail.get_body(("plain",)) for mail in self.mails_to(person))
            return next((text for body in texts if body and part in (text := body.get_content())), None)

        return eventually(found, saying=f"a mail to {person.email} with {part!r}")

    def post(self, path: str, person: Person, body: Any = None) -> Any:
        """A person posts, once and for all."""
        return self.client.post(path, body, token=person.token, key=secrets.token_hex(8)).body
