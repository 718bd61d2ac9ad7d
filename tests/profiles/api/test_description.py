"""The API description: a summary, answers and an example body for each operation."""

from typing import Any

import pytest

from tests.profiles.app_harness import Stage

METHODS = {"get", "post", "patch", "delete"}


@pytest.fixture
def description(stage: Stage) -> dict[str, Any]:
    return dict(stage.ask("GET", "/profiles/openapi.json").json or {})


def operations(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def test_every_operation_of_the_contract_is_there(description: dict[str, Any]) -> None:
    people = "/profiles/v1/people/{person_id}"
    assert set(operations(description)) == {
        "POST /profiles/v1/mentees",
        "POST /profiles/v1/mentors",
        "GET /profiles/v1/mentors",
        "POST /profiles/v1/mentors/{person_id}/approval",
        f"GET {people}",
        f"PATCH {people}",
        f"DELETE {people}",
        f"GET {people}/erasure",
        f"POST {people}/pause",
        f"POST {people}/resume",
        f"GET {people}/export",
        f"GET {people}/consents",
        f"POST {people}/consents",
        "GET /profiles/v1/catalogue",
        "POST /profiles/v1/sign-in-links",
        "POST /profiles/v1/sessions",
        "GET /profiles/v1/sessions",
        "DELETE /profiles/v1/sessions",
        "POST /profiles/v1/session-renewals",
        "DELETE /profiles/v1/sessions/current",
        "DELETE /profiles/v1/sessions/{session_id}",
        "POST /profiles/v1/tokens",
        "GET /profiles/v1/api-keys",
        "POST /profiles/v1/api-keys",
        "DELETE /profiles/v1/api-keys/{key_id}",
        "GET /profiles/v1/erasures/{token}",
        "GET /profiles/v1/introductions/{match_id}",
    }


def test_each_operation_has_a_summary(description: dict[str, Any]) -> None:
    for name, operation in operations(description).items():
        assert operation["summary"].endswith("."), name
        assert any(status.startswith("2") for status in operation["responses"]), name


def test_each_request_body_has_an_example(description: dict[str, Any]) -> None:
    for name, operation in operations(description).items():
        if "requestBody" in operation:
            assert "example" in operation["requestBody"]["content"]["application/json"], name


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("POST /profiles/v1/mentees", {"201", "400", "403", "409", "413", "415", "422", "429", "503"}),
        ("PATCH /profiles/v1/people/{person_id}", {"200", "401", "403", "404", "409", "412", "422", "428"}),
        ("DELETE /profiles/v1/people/{person_id}", {"202", "401", "404"}),
        ("POST /profiles/v1/sign-in-links", {"202", "422", "429"}),
        ("GET /profiles/v1/introductions/{match_id}", {"200", "401", "404"}),
    ],
)
def test_each_operation_names_its_problems(description: dict[str, Any], name: str, statuses: set[str]) -> None:
    assert statuses <= set(operations(description)[name]["responses"])


def test_the_viewer_opens(stage: Stage) -> None:
    assert stage.ask("GET", "/profiles/docs").status_code == 200
