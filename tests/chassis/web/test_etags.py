"""ETag and If-Match: a change of a version that the caller has not read is refused."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.chassis.web.etags import require_match
from tests.chassis.web.shop_app import ADMIN
from tests.chassis.web.test_json_body import problem_of

PARCEL = "/shop/v1/parcels/p1"


@pytest.fixture(autouse=True)
def _parcel(client: FlaskClient) -> None:
    client.post("/shop/v1/parcels", json={"id": "p1"})


def test_an_answer_has_its_version_as_etag(client: FlaskClient) -> None:
    assert client.get(PARCEL).headers["ETag"] == '"7"'


def test_an_unchanged_version_is_not_sent_again(client: FlaskClient) -> None:
    again = client.get(PARCEL, headers={"If-None-Match": '"7"'})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(PARCEL, headers={"If-None-Match": '"6"'}).status_code == 200


def change(client: FlaskClient, match: str | None) -> object:
    headers = ADMIN | ({} if match is None else {"If-Match": match})
    return client.patch(PARCEL, headers=headers)


def test_a_change_without_a_version_answers_428(client: FlaskClient) -> None:
    assert "If-Match" in problem_of(change(client, None), 428)["detail"]
    problem_of(change(client, ""), 428)


def test_a_blank_version_is_no_version_even_where_none_is_needed(client: FlaskClient) -> None:
    blank = client.put("/shop/v1/parcels/p9/label", headers=ADMIN | {"If-Match": ""}, json={"text": "fragile"})
    problem_of(blank, 428)


@pytest.mark.parametrize("match", ['"6"', 'W/"7"', "nonsense", '"8", "9"'])
def test_a_change_of_another_version_answers_412_with_the_current_one(client: FlaskClient, match: str) -> None:
    answer = change(client, match)
    body = problem_of(answer, 412)
    assert body["current"] == '"7"'
    assert answer.headers["ETag"] == '"7"'  # type: ignore[attr-defined]


@pytest.mark.parametrize("match", ['"7"', '"6", "7"', "*"])
def test_a_change_of_the_current_version_succeeds(client: FlaskClient, match: str) -> None:
    answer = change(client, match)
    assert answer.status_code == 200  # type: ignore[attr-defined]
    assert answer.headers["ETag"] == '"8"'  # type: ignore[attr-defined]


def test_an_error_answer_has_no_etag(client: FlaskClient) -> None:
    client.get(PARCEL)
    assert "ETag" not in client.get("/shop/v1/parcels/unknown").headers


def test_an_optional_version_is_required_once_there_is_one(client: FlaskClient) -> None:
    first = client.put("/shop/v1/parcels/p2/label", headers=ADMIN)
    assert first.status_code == 200
    problem_of(client.put(f"{PARCEL}/label", headers=ADMIN), 428)
    problem_of(client.put(f"{PARCEL}/label", headers=ADMIN | {"If-Match": '"6"'}), 412)
    assert client.put(f"{PARCEL}/label", headers=ADMIN | {"If-Match": '"7"'}).status_code == 200


def test_the_document_states_when_a_version_is_needed(client: FlaskClient) -> None:
    paths = client.get("/shop/openapi.json").get_json()["paths"]
    for path, method, required in (("", "patch", True), ("/label", "put", False)):
        operation = paths[f"/shop/v1/parcels/{{parcel_id}}{path}"][method]
        (header,) = [item for item in operation["parameters"] if item.get("name") == "If-Match"]
        assert header["required"] is required
        assert {"412", "428"} <= set(operation["responses"])


def test_require_match_in_a_view_without_conditional_raises(app: Flask) -> None:
    with (
        app.test_request_context(PARCEL, headers={"If-Match": '"7"'}),
        pytest.raises(RuntimeError, match="conditional"),
    ):
        require_match(7)
