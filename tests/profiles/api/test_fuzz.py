"""The HTTP door of profiles keeps what its description promises, whatever is sent to it."""

import pytest

from tests.profiles.app_harness import Stage
from tests.support.fuzz import fuzz

pytestmark = pytest.mark.slow


def test_odd_requests_are_answered_as_described(stage: Stage) -> None:
    stage.mentor()
    stage.mentee()
    admin = {"Authorization": f"Bearer {stage.admin}"}
    requests, faults = fuzz(stage.app, "/profiles/openapi.json", headers=admin, examples=10)
    assert faults == []
    assert requests > 150
