"""The matcher behind its API: requests go in, answers come out, time moves on command."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.chassis.identity.signed_links import LinkSigner
from services.matcher.bootstrap import SERVICE
from services.matcher.domain.match import Match
from services.matcher.settings import Settings
from tests.matcher.scenario import PROGRAMME, Scenario
from tests.matcher.stores import TableDatabase
from tests.support.fakes import FakeBroker, FixedClock
from tests.support.tokens import person_token, staff_token

ADMIN = "admin"


class Stage(Scenario):
    """A world with doors."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        clock = FixedClock()
        self.parts = SERVICE.parts(settings, broker=FakeBroker(), clock=clock, read_now=clock.read)
        super().__init__(TableDatabase(self.parts.engine, clock, self.parts.uow), clock, settings.terms)
        self.app = SERVICE.web_app(self.parts)
        self.links = LinkSigner(*settings.link_secrets, clock=clock)

    def close(self) -> None:
        self.parts.engine.dispose()

    def ask(self, method: str, path: str, by: str | None = None, **more: Any) -> Any:
        """Send a request as a person, as the admin, or as nobody."""
        headers = dict(more.pop("headers", {}))
        if by is not None:
            headers["Authorization"] = f"Bearer {self.token(by)}"
        return self.app.test_client().open(path, method=method, headers=headers, **more)

    def get(self, path: str, by: str | None = None, **more: Any) -> Any:
        """What a request that must be well answers."""
        answer = self.ask("GET", path, by, **more)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, path: str, by: str | None = None, **more: Any) -> Any:
        return self.ask("POST", path, by, **more)

    def token(self, by: str) -> str:
        if by == ADMIN:
            return staff_token(programme=PROGRAMME, clock=self.clock)
        return person_token(by, PROGRAMME, clock=self.clock)

    def link(self, purpose: str, match: Match, person_id: str) -> str:
        """A link as a mail carries it."""
        assert match.answer_by is not None
        return self.links.sign(purpose, match.id, person_id, match.answer_by)

    def browser(self) -> FlaskClient:
        """A browser, which keeps its cookies."""
        return self.app.test_client()


def nonce_in(page: TestResponse) -> str:
    """The nonce of the forms of a page."""
    found = re.search(r'name="nonce" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]
