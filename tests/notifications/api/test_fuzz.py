"""The HTTP API answers as described, whatever is sent to it."""

import pytest
from flask.testing import FlaskClient

from tests.notifications.api.conftest import ADMIN
from tests.notifications.memory_store import ServiceHarness, contact, registered
from tests.support.fuzz import fuzz

pytestmark = pytest.mark.slow


def test_odd_requests_are_answered_as_described(client: FlaskClient, service: ServiceHarness) -> None:
    service.handle(registered("mentee"), contact("mentee"))
    requests, faults = fuzz(client.application, "/notifications/openapi.json", headers=ADMIN, examples=15)
    assert faults == []
    assert requests > 50
