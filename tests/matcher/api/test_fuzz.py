"""The HTTP door of the matcher keeps what its description promises, whatever is sent to it."""

import pytest

from tests.matcher.app_harness import ADMIN, Stage
from tests.support.fuzz import fuzz

pytestmark = pytest.mark.slow


def test_odd_requests_are_answered_as_described(stage: Stage) -> None:
    admin = {"Authorization": f"Bearer {stage.token(ADMIN)}"}
    requests, faults = fuzz(stage.app, "/matcher/openapi.json", headers=admin, examples=10)
    assert faults == []
    assert requests > 100
