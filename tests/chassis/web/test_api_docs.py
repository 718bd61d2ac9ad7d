"""The OpenAPI document matches the app; its viewer and the pages load only from this origin."""

from __future__ import annotations

import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.chassis.web.api_docs import STATIC
from tests.chassis.web.shop_app import shop_app


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    content: dict[str, Any] = shop_app().test_client().get("/shop/openapi.json").get_json()
    return content


def statuses(document: dict[str, Any], path: str, method: str) -> set[str]:
    return set(document["paths"][path][method]["responses"])


def test_each_operation_lists_its_possible_problems(document: dict[str, Any]) -> None:
    parcel = "/shop/v1/parcels/{parcel_id}"
    assert statuses(document, "/shop/v1/parcels", "post") == {"201", "400", "409", "413", "415", "422", "429", "503"}
    assert statuses(document, "/shop/v1/parcels", "get") == {"200", "422", "429", "503"}
    assert statuses(document, parcel, "get") == {"200", "404", "429", "503"}
    assert statuses(document, parcel, "patch") == {"200", "401", "403", "404", "412", "413", "428", "429", "503"}


def test_problems_are_documented_as_problems(document: dict[str, Any]) -> None:
    for name, answer in document["components"]["responses"].items():
        assert list(answer["content"]) == ["application/problem+json"], name


def test_a_problem_fits_its_schema(document: dict[str, Any], client: FlaskClient) -> None:
    problem = client.post("/shop/v1/parcels", json={"size": "mediun"}).get_json()
    schema = {"$ref": "#/components/schemas/ProblemDetails", "components": document["components"]}
    jsonschema_rs.validator_for(schema).validate(problem)


def test_headers_that_a_view_reads_are_documented(document: dict[str, Any]) -> None:
    send = {p["name"]: p for p in document["paths"]["/shop/v1/parcels"]["post"]["parameters"]}
    change = {p["name"]: p for p in document["paths"]["/shop/v1/parcels/{parcel_id}"]["patch"]["parameters"]}
    assert send["Idempotency-Key"]["required"] is False
    assert change["If-Match"]["required"] is True


def test_operations_that_need_a_token_are_documented(document: dict[str, Any]) -> None:
    assert "security" not in document["paths"]["/shop/v1/parcels"]["post"]
    assert document["paths"]["/shop/v1/parcels/{parcel_id}"]["patch"]["security"] == [{"bearer": []}]


def test_the_document_is_the_same_for_every_app(document: dict[str, Any]) -> None:
    again = shop_app().test_client().get("/shop/openapi.json").get_json()
    assert json.dumps(again) == json.dumps(document)
    assert document["openapi"] == "3.1.0"


class Addresses(HTMLParser):
    """Collects the addresses that a page loads, and its inline scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.inline: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._script = tag == "script" and "src" not in given
        if tag in {"script", "img"} or (tag == "link" and given.get("rel") == "stylesheet"):
            self.loads.append(str(given.get("src") or given.get("href")))
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        self.inline += ["<style>"] if tag == "style" else []

    def handle_data(self, text: str) -> None:
        self.inline += [text] if self._script and text.strip() else []


@pytest.mark.parametrize("page", ["/shop/docs", "/counter"])
def test_a_page_loads_only_from_this_origin_and_has_no_inline_code(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    parser = Addresses()
    parser.feed(answer.text)
    assert parser.inline == []
    assert parser.loads
    for address in parser.loads:
        assert address.startswith("/shop/static/")
        assert client.get(address, buffered=True).status_code == 200, address
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_the_viewer_shows_this_document(client: FlaskClient) -> None:
    assert 'data-description="/shop/openapi.json"' in client.get("/shop/docs").text


def test_browsers_may_cache_static_files_for_an_hour(client: FlaskClient) -> None:
    answer = client.get("/shop/static/pages.css", buffered=True)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    again = client.get("/shop/static/pages.css", buffered=True, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["../docs.py", "vendor/../../docs.py", "%2e%2e/docs.py", "/etc/passwd", "", "vendor"])
def test_files_outside_the_static_folder_are_not_served(client: FlaskClient, path: str) -> None:
    assert client.get(f"/shop/static/{path}").status_code == 404


def test_a_file_of_the_service_overrides_one_of_the_chassis(tmp_path: Any) -> None:
    from services.chassis.web.app import build_app
    from tests.chassis.web.shop_app import FakeHealth, shop_settings

    (tmp_path / "pages.css").write_text("own")
    app: Flask = build_app(
        name="shop", title="The shop", settings=shop_settings(), health=FakeHealth(), assets=[tmp_path]
    )
    assert app.test_client().get("/shop/static/pages.css", buffered=True).text == "own"
    assert app.test_client().get("/shop/static/docs.js", buffered=True).status_code == 200


def test_vendored_files_match_their_checksums() -> None:
    lines = [line.split() for line in (STATIC / "CHECKSUMS").read_text().splitlines() if line[:1] not in {"", "#"}]
    listed = {path: checksum for checksum, path in lines}
    actual = {
        path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file()
    }
    assert actual == listed


def test_our_own_files_contain_no_external_address() -> None:
    for path in STATIC.glob("*.*"):
        assert not re.search(r"https?://", path.read_text()), path
