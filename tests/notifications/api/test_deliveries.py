"""Admins see which messages were sent and which not, and never their text or address."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from services.notifications.domain.delivery import Ending, SendOutcome
from tests.notifications.api.conftest import ADMIN, signed_in
from tests.notifications.matches import proposed
from tests.notifications.memory_store import ServiceHarness, contact, registered


@pytest.fixture
def busy(service: ServiceHarness) -> ServiceHarness:
    """Return a service with three messages: a welcome in Spanish, a failed one, one that waits for a contact."""
    service.handle(registered("mentee", locale="es"), contact("mentee", locale="es", name="Marker"))
    service.run_jobs()
    service.clock.forward(timedelta(seconds=1))
    service.channel.answers = [SendOutcome(Ending.NEVER, "smtp_550")]
    service.handle(contact("mentor"), proposed())
    service.run_jobs()
    service.clock.forward(timedelta(seconds=1))
    service.handle(registered("other"))
    return service


@pytest.mark.parametrize("path", ["/notifications/v1/deliveries", "/notifications/v1/stats"])
def test_only_admins_see_deliveries(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 401
    assert client.get(path, headers=signed_in("mentee")).status_code == 403
    assert client.get(path, headers=ADMIN).status_code == 200


def test_the_list_is_newest_first_with_causes(client: FlaskClient, busy: ServiceHarness) -> None:
    answer = client.get("/notifications/v1/deliveries", headers=ADMIN)
    shown = [(row["kind"], row["person_id"], row["state"], row["cause"]) for row in answer.get_json()["items"]]
    assert shown == [
        ("welcome", "other", "waiting_for_contact", ""),
        ("proposal", "mentor", "failed", "smtp_550"),
        ("welcome", "mentee", "delivered", ""),
    ]
    assert "@" not in answer.text
    assert "Marker" not in answer.text


def test_pages_follow_each_other_without_loss(client: FlaskClient, busy: ServiceHarness) -> None:
    listed, cursor = [], ""
    while True:
        page = client.get(f"/notifications/v1/deliveries?limit=1{cursor}", headers=ADMIN).get_json()
        listed += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert listed == [row.id for row in reversed(busy.rows())]


@pytest.mark.parametrize(
    ("query", "count"),
    [("kind=welcome", 2), ("state=failed", 1), ("person_id=mentee", 1), ("kind=proposal&state=delivered", 0)],
)
def test_the_list_can_be_filtered(client: FlaskClient, busy: ServiceHarness, query: str, count: int) -> None:
    assert len(client.get(f"/notifications/v1/deliveries?{query}", headers=ADMIN).get_json()["items"]) == count


@pytest.mark.parametrize("query", ["kind=welcom", "state=x", "limit=0", "limit=201", "cursor=x", "colour=red"])
def test_an_invalid_query_names_the_field(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/notifications/v1/deliveries?{query}", headers=ADMIN)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"].endswith(query.partition("=")[0])


def test_an_unknown_kind_names_the_nearest(client: FlaskClient) -> None:
    answer = client.get("/notifications/v1/deliveries?kind=welcom", headers=ADMIN)
    assert "welcome" in answer.get_json()["errors"][0]["nearest"]


def test_figures_by_language_and_kind(client: FlaskClient, busy: ServiceHarness) -> None:
    stats = client.get("/notifications/v1/stats", headers=ADMIN).get_json()
    assert stats["delivered_by_locale"] == {"es": 1}
    assert stats["delivered_by_kind"] == {"welcome": 1}
    assert sum(item["count"] for item in stats["items"]) == 3


def test_every_operation_is_described(client: FlaskClient) -> None:
    paths = client.get("/notifications/openapi.json").get_json()["paths"]
    operations = [operation for path in paths.values() for name, operation in path.items() if name != "parameters"]
    assert len(operations) == 7
    assert all(operation["summary"] and len(operation["description"]) > 40 for operation in operations)
