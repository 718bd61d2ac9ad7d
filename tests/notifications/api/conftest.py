"""The web app of a notifications service, and its callers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from bench.no_limits import NO_LIMITS
from services.chassis.broker.protocol import Broker
from services.chassis.core.clock import SystemClock
from services.chassis.identity.signed_links import LinkSigner
from services.chassis.service.health import Health
from services.chassis.service.service import Parts
from services.chassis.service.settings import load
from services.notifications.bootstrap import web_app
from services.notifications.settings import Settings
from tests.notifications.memory_store import PROGRAMME, SECRET, ServiceHarness
from tests.support.fakes import FakeBroker
from tests.support.tokens import bearer, person_token, staff_token

Open = Callable[..., FlaskClient]
ADMIN = bearer(staff_token(programme=PROGRAMME))


def signed_in(person_id: str) -> dict[str, str]:
    """Return the header of a signed-in person."""
    return bearer(person_token(person_id, PROGRAMME))


def links() -> LinkSigner:
    """Return a signer with the app's key."""
    return LinkSigner(SECRET)


@pytest.fixture
def open_app(service: ServiceHarness, tmp_path: Path) -> Open:
    """Return a function that builds the app; ``settings`` replace those of development with mail into a folder."""

    def build(**settings: Any) -> FlaskClient:
        loaded = load(
            Settings,
            {
                "ENVIRONMENT": "development",
                "DATABASE_URL": "sqlite:////not/used.db",
                "BROKER_URL": "embedded:////not/used.db",
                "MAIL_URL": f"maildir://{tmp_path}/outbox",
                "LINK_SECRET": SECRET,
            }
            | NO_LIMITS,
        )
        broker: Broker = FakeBroker()
        parts = Parts(
            settings=replace(loaded, **settings),
            engine=service.engine,
            broker=broker,
            uow=service.uow,
            health=Health([]),
            clock=SystemClock(),
        )
        return web_app(parts).test_client()

    return build


@pytest.fixture
def client(open_app: Open) -> FlaskClient:
    return open_app()
