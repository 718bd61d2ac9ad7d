"""A person's preferences: no other person reads or changes them, and no change is lost."""

import pytest
from flask.testing import FlaskClient

from services.chassis.identity.signed_links import LinkSigner
from services.events.profiles import PersonErased
from tests.notifications.api.conftest import ADMIN, links, signed_in
from tests.notifications.memory_store import NOON, PROGRAMME, SECRET, ServiceHarness, contact
from tests.support.fakes import FixedClock

URL = "/notifications/v1/people/mentee/preferences"
MENTEE = signed_in("mentee")


@pytest.fixture(autouse=True)
def _known(service: ServiceHarness) -> None:
    service.handle(contact("mentee"), contact("mentor"))


def test_the_defaults_send_every_message_at_once(client: FlaskClient) -> None:
    answer = client.get(URL, headers=MENTEE)
    assert answer.headers["ETag"] == '"0"'
    assert answer.get_json() == {
        "person_id": "mentee",
        "version": 0,
        "helpful": True,
        "pace": "at_once",
        "quiet_hours": None,
    }


def test_a_change_keeps_the_fields_it_leaves_out(client: FlaskClient) -> None:
    first = client.patch(URL, json={"pace": "once_a_day"}, headers={**MENTEE, "If-Match": '"0"'})
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    second = client.patch(URL, json={"quiet_hours": "20:00-09:30"}, headers={**MENTEE, "If-Match": '"1"'})
    assert second.get_json()["pace"] == "once_a_day"
    assert second.get_json()["quiet_hours"] == "20:00-09:30"
    assert client.get(URL, headers=ADMIN).get_json()["version"] == 2


@pytest.mark.parametrize(("tag", "status"), [(None, 428), ('"7"', 412), ('"0"', 200)])
def test_a_change_needs_the_version_that_was_read(client: FlaskClient, tag: str | None, status: int) -> None:
    headers = MENTEE if tag is None else {**MENTEE, "If-Match": tag}
    assert client.patch(URL, json={"helpful": False}, headers=headers).status_code == status
    assert client.get(URL, headers=MENTEE).get_json()["helpful"] is (status != 200)


@pytest.mark.parametrize("other", ["mentor", "nobody", "x" * 200])
def test_preferences_of_other_and_unknown_people_get_404(client: FlaskClient, other: str) -> None:
    path = f"/notifications/v1/people/{other}/preferences"
    answers = [client.get(path, headers=MENTEE), client.patch(path, json={}, headers={**MENTEE, "If-Match": '"0"'})]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert client.get(URL).status_code == 401


def test_an_erased_person_has_no_preferences(client: FlaskClient, service: ServiceHarness) -> None:
    service.handle(PersonErased(person_id="mentee", programme_id=PROGRAMME, version=9))
    assert client.get(URL, headers=MENTEE).status_code == 404
    assert client.get(URL, headers=ADMIN).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"pace": "never"}, "pace"),
        ({"quiet_hours": "nine to five"}, "quiet_hours"),
        ({"quiet_hours": "25:00-08:00"}, "quiet_hours"),
        ({"helpful": "perhaps"}, "helpful"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_invalid_change_names_the_field_and_changes_nothing(
    client: FlaskClient, body: dict[str, str], field: str
) -> None:
    answer = client.patch(URL, json=body, headers={**MENTEE, "If-Match": '"0"'})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == [field]
    assert client.get(URL, headers=MENTEE).get_json()["version"] == 0


def stop_link(person_id: str = "mentee", signer: LinkSigner | None = None) -> str:
    token = (signer or links()).sign("unsubscribe", "helpful", person_id, NOON.replace(year=2031))
    return f"/notifications/v1/unsubscribe/{token}"


def test_opening_the_unsubscribe_link_changes_nothing(client: FlaskClient) -> None:
    page = client.get(stop_link(), headers={"Accept-Language": "ar"})
    assert page.status_code == 200
    assert 'dir="rtl"' in page.text
    assert "نعم، إيقافها" in page.text
    assert client.get(URL, headers=MENTEE).get_json()["helpful"] is True


def test_one_click_unsubscribes_and_a_second_changes_nothing(client: FlaskClient) -> None:
    for _ in range(2):
        assert client.post(stop_link(), data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.get(URL, headers=MENTEE).get_json() | {"version": 1} == {
        "person_id": "mentee",
        "version": 1,
        "helpful": False,
        "pace": "at_once",
        "quiet_hours": None,
    }
    assert client.get(URL, headers=MENTEE).get_json()["version"] == 1


def test_an_unsubscribe_link_of_an_unknown_person_gets_the_same_answer(client: FlaskClient) -> None:
    assert client.post(stop_link("nobody")).status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_wrong_expired_and_foreign_links_get_the_same_404(client: FlaskClient, method: str) -> None:
    old = FixedClock(NOON.replace(year=2020))
    expired = LinkSigner(SECRET, clock=old).sign("unsubscribe", "helpful", "mentee", NOON.replace(year=2021))
    foreign = links().sign("sign_in", "helpful", "mentee", NOON.replace(year=2031))
    answers = [getattr(client, method)(f"/notifications/v1/unsubscribe/{token}") for token in ("x", expired, foreign)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.get_json()["detail"] for answer in answers}) == 1
