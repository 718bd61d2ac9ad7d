"""Admins see what was sent and what was not, and never what it said or to which address."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from services.notifications.domain.delivery import Ending, SendOutcome
from tests.notifications.api.conftest import ADMIN, signed_in
from tests.notifications.matches import proposed
from tests.notifications.memory_store import House, contact, registered


@pytest.fixture
def busy(house: House) -> House:
    """Three messages: a welcome in Spanish, one that failed, one that waits for a contact."""
    house.hear(registered("mentee", locale="es"), contact("mentee", locale="es", name="Marker"))
    house.work()
    house.clock.forward(timedelta(seconds=1))
    house.channel.answers = [SendOutcome(Ending.NEVER, "smtp_550")]
    house.hear(contact("mentor"), proposed())
    house.work()
    house.clock.forward(timedelta(seconds=1))
    house.hear(registered("other"))
    return house


@pytest.mark.parametrize("path", ["/notifications/v1/deliveries", "/notifications/v1/stats"])
def test_only_admins_see_it(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 401
    assert client.get(path, headers=signed_in("mentee")).status_code == 403
    assert client.get(path, headers=ADMIN).status_code == 200


def test_the_list_is_newest_first_and_says_why(client: FlaskClient, busy: House) -> None:
    answer = client.get("/notifications/v1/deliveries", headers=ADMIN)
    shown = [(row["kind"], row["person_id"], row["state"], row["cause"]) for row in answer.get_json()["items"]]
    assert shown == [
        ("welcome", "other", "waiting_for_contact", ""),
        ("proposal", "mentor", "failed", "smtp_550"),
        ("welcome", "mentee", "delivered", ""),
    ]
    assert "@" not in answer.text
    assert "Marker" not in answer.text


def test_pages_follow_each_other_without_loss(client: FlaskClient, busy: House) -> None:
    seen, cursor = [], ""
    while True:
        page = client.get(f"/notifications/v1/deliveries?limit=1{cursor}", headers=ADMIN).get_json()
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [row.id for row in reversed(busy.rows())]


@pytest.mark.parametrize(
    ("query", "count"),
    [("kind=welcome", 2), ("state=failed", 1), ("person_id=mentee", 1), ("kind=proposal&state=delivered", 0)],
)
def test_the_list_can_be_narrowed(client: FlaskClient, busy: House, query: str, count: int) -> None:
    assert len(client.get(f"/notifications/v1/deliveries?{query}", headers=ADMIN).get_json()["items"]) == count


@pytest.mark.parametrize("query", ["kind=welcom", "state=x", "limit=0", "limit=201", "cursor=x", "colour=red"])
def test_a_mistaken_question_is_answered_by_naming_the_field(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/notifications/v1/deliveries?{query}", headers=ADMIN)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"].endswith(query.partition("=")[0])


def test_a_mistaken_kind_is_answered_with_the_nearest(client: FlaskClient) -> None:
    answer = client.get("/notifications/v1/deliveries?kind=welcom", headers=ADMIN)
    assert "welcome" in answer.get_json()["errors"][0]["nearest"]


def test_figures_by_language_and_kind(client: FlaskClient, busy: House) -> None:
    stats = client.get("/notifications/v1/stats", headers=ADMIN).get_json()
    assert stats["delivered_by_locale"] == {"es": 1}
    assert stats["delivered_by_kind"] == {"welcome": 1}
    assert sum(item["count"] for item in stats["items"]) == 3


def test_every_operation_is_described(client: FlaskClient) -> None:
    paths = client.get("/notifications/openapi.json").get_json()["paths"]
    operations = [operation for path in paths.values() for name, operation in path.items() if name != "parameters"]
    assert len(operations) == 7
    assert all(operation["summary"] and len(operation["description"]) > 40 for operation in operations)
