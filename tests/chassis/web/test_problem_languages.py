"""Problem details are in the reader's language; what programs compare (code, type, field) is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.chassis.i18n.translations import CHASSIS_WORDS, Words
from services.chassis.storage.unit_of_work import UnitOfWork
from tests.chassis.shop import Shop
from tests.chassis.web.shop_app import ADMIN, shop_app

WORDS = Words(CHASSIS_WORDS)
PARCELS = "/shop/v1/parcels"
FAULTY = {"size": "mediun", "pieces": "many", "colour": "red", "labels": [7], "day": "tomorrow", "send_at": "now"}
KEY = {"Idempotency-Key": "a-fresh-key"}
EVERY_KIND: dict[str, tuple[str, str, int, dict[str, Any]]] = {
    "not JSON": ("POST", PARCELS, 400, {"data": "{", "content_type": "application/json"}),
    "not signed in": ("GET", "/shop/v1/broken", 401, {}),
    "nothing there": ("GET", "/shop/v1/nothing", 404, {}),
    "another person": ("GET", "/shop/v1/people/p2", 401, {}),
    "wrong method": ("DELETE", PARCELS, 405, {}),
    "stale": ("PATCH", f"{PARCELS}/p1", 412, {"headers": ADMIN | {"If-Match": '"3"'}}),
    "too large": ("POST", PARCELS, 413, {"json": {"id": "x" * 70_000}}),
    "wrong type": ("POST", PARCELS, 415, {"data": "a", "content_type": "text/plain"}),
    "faulty fields": ("POST", PARCELS, 422, {"json": FAULTY}),
    "foreign cursor": ("GET", f"{PARCELS}?cursor=x", 422, {}),
    "unstorable": ("POST", PARCELS, 422, {"json": {"id": "\x00"}}),
    "bad key": ("POST", PARCELS, 422, {"json": {"id": "p1"}, "headers": {"Idempotency-Key": "short"}}),
    "no version": ("PATCH", f"{PARCELS}/p1", 428, {"headers": ADMIN}),
    "our mistake": ("GET", "/shop/v1/broken", 500, {"headers": ADMIN}),
    "storage away": ("GET", "/shop/v1/away", 503, {"headers": ADMIN}),
}


def ask(client: FlaskClient, kind: str, accept: str | None) -> Any:
    method, path, _, options = EVERY_KIND[kind]
    headers = dict(options.get("headers", {})) | ({"Accept-Language": accept} if accept is not None else {})
    return client.open(path, method=method, **(options | {"headers": headers}))


def shown(body: dict[str, Any]) -> list[str]:
    return [body["title"], body["detail"], *(error["message"] for error in body.get("errors", ()))]


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("locale", ["es", "fr", "ar"])
def test_every_kind_of_problem_is_in_the_readers_language(client: FlaskClient, kind: str, locale: str) -> None:
    answer, english = ask(client, kind, locale), ask(client, kind, None)
    assert answer.status_code == english.status_code == EVERY_KIND[kind][2]
    assert answer.headers["Content-Language"] == locale
    assert "Accept-Language" in answer.headers["Vary"]
    assert english.headers["Content-Language"] == "en"
    body, source = answer.get_json(), english.get_json()
    for translated, original in zip(shown(body), shown(source), strict=True):
        assert translated != original
    if locale == "ar":
        assert all(any("\u0600" <= letter <= "\u06ff" for letter in text) for text in shown(body))
    assert (body["code"], body["type"], body["status"]) == (source["code"], source["type"], source["status"])
    assert [(error["field"], error.get("nearest")) for error in body.get("errors", ())] == [
        (error["field"], error.get("nearest")) for error in source.get("errors", ())
    ]


@pytest.mark.parametrize(
    ("accept", "locale"),
    [("", "en"), ("de", "en"), ("de, fr;q=0.5", "fr"), ("es-MX", "es"), ("FR-ca", "fr"), (";;;q=x", "en")],
)
def test_a_problem_is_in_the_first_accepted_language_that_there_is(
    client: FlaskClient, accept: str, locale: str
) -> None:
    answer = ask(client, "nothing there", accept)
    assert answer.headers["Content-Language"] == locale
    assert answer.get_json()["title"] == WORDS.of(locale).gettext("Not found")


def test_values_are_filled_in(client: FlaskClient) -> None:
    body = ask(client, "stale", "fr").get_json()
    assert body["detail"].startswith("C’est maintenant la version 7.")
    assert 'If-Match: "7"' in body["detail"]
    near = ask(client, "faulty fields", "es").get_json()["errors"]
    [message] = [error["message"] for error in near if error["field"] == "size"]
    assert "medium" in message
    assert message.startswith("No se conoce este valor")


def test_a_limit_is_explained_in_the_readers_language(client: FlaskClient) -> None:
    answers = [client.post("/shop/v1/knock", headers={"Accept-Language": "es"}) for _ in range(3)]
    assert answers[-1].status_code == 429
    assert answers[-1].get_json()["title"] == "Un poco demasiado rápido"


def test_a_problem_is_never_replayed_but_written_anew_for_each_reader(uow: UnitOfWork[Shop]) -> None:
    client = shop_app(uow).test_client()
    bodies = []
    for locale in ("es", "fr"):
        answer = client.post(PARCELS, json=FAULTY, headers=KEY | {"Accept-Language": locale})
        assert (answer.status_code, answer.headers.get("Idempotent-Replayed")) == (422, None)
        bodies.append(answer.get_json()["title"])
    assert bodies == ["Revise algunos campos", "Veuillez vérifier quelques champs"]


def test_a_problem_page_shows_the_faults_in_the_language_of_the_page(client: FlaskClient) -> None:
    page = client.post(PARCELS, json=FAULTY, headers={"Accept": "text/html", "Accept-Language": "ar"})
    assert (page.status_code, page.headers["Content-Language"]) == (422, "ar")
    assert WORDS.of("ar").gettext("Please give a whole number.") in page.text
    assert "Please" not in page.text


def test_a_refusal_keeps_its_english_text_for_logs() -> None:
    from services.chassis.core.errors import Stale
    from services.chassis.i18n.sentence import Sentence

    refusal = Stale("changed", Sentence("This is now version %(version)s.", version=3))
    assert str(refusal) == "This is now version 3."
    assert json.dumps(refusal.detail) == '"This is now version 3."'
