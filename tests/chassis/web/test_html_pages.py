"""Pages are in the reader's language, and only forms of our own pages are accepted."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from services.chassis.i18n.translations import CHASSIS_WORDS, Words
from tests.chassis.web.shop_app import shop_app

WORDS = Words(CHASSIS_WORDS)
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def nonce_in(page: str) -> str:
    match = re.search(r'name="nonce" value="([^"]+)"', page)
    assert match is not None
    return match[1]


@pytest.mark.parametrize(
    ("address", "accept", "lang"),
    [
        ("/counter", "", "en"),
        ("/counter", "fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("/counter", "de, es;q=0.5, fr;q=0.2", "es"),
        ("/counter", "ja", "en"),
        ("/counter", ";;;q=x", "en"),
        ("/counter?lang=ar", "fr", "ar"),
        ("/counter?lang=xx", "fr", "fr"),
        ("/counter?lang=<script>", "", "en"),
    ],
)
def test_a_page_is_in_the_chosen_language_or_that_of_the_browser(
    client: FlaskClient, address: str, accept: str, lang: str
) -> None:
    answer = client.get(address, headers={"Accept-Language": accept})
    direction = "rtl" if lang == "ar" else "ltr"
    assert f'<html lang="{lang}" dir="{direction}">' in answer.text
    assert answer.headers["Content-Language"] == lang
    assert WORDS.of(lang).gettext("Skip to the content") in answer.text


def test_a_chosen_language_is_remembered(client: FlaskClient) -> None:
    client.get("/counter?lang=es")
    assert '<html lang="es"' in client.get("/counter").text


def test_the_languages_to_choose_have_their_own_names(client: FlaskClient) -> None:
    names = re.findall(r'hreflang="(\w+)"[^>]*>([^<]+)<', client.get("/counter").text)
    assert names == [("en", "English"), ("es", "Español"), ("fr", "Français"), ("ar", "العربية")]


def test_a_page_is_accessible_by_screen_reader_and_keyboard(client: FlaskClient) -> None:
    page = client.get("/counter").text
    for part in ('href="#main"', '<main id="main"', "<title>", 'name="viewport"', "<nav aria-label="):
        assert part in page


def test_values_in_a_page_are_escaped(client: FlaskClient) -> None:
    page = client.get("/counter").text
    assert "&lt;b&gt;hello" in page
    assert "<b>hello" not in page


def test_a_form_of_our_page_is_accepted(client: FlaskClient) -> None:
    nonce = nonce_in(client.get("/counter").text)
    assert "ordered" in client.post("/counter", data={"nonce": nonce}).text


def test_a_second_page_in_the_same_browser_keeps_the_nonce(client: FlaskClient) -> None:
    first = nonce_in(client.get("/counter").text)
    second = client.get("/counter")
    assert nonce_in(second.text) == first
    assert "Set-Cookie" not in second.headers


@pytest.mark.parametrize("sent", [{}, {"nonce": ""}, {"nonce": "x"}, {"nonce": "é.é"}])
def test_a_form_without_our_nonce_is_refused(client: FlaskClient, sent: dict[str, str]) -> None:
    client.get("/counter")
    answer = client.post("/counter", data=sent, headers=BROWSER)
    assert answer.status_code == 403
    assert "ordered" not in answer.text
    assert "Please open the page again" in answer.text


def test_a_nonce_of_another_browser_is_refused(client: FlaskClient) -> None:
    stolen = nonce_in(client.get("/counter").text)
    stranger = client.application.test_client()
    assert stranger.post("/counter", data={"nonce": stolen}).status_code == 403
    stranger.get("/counter")
    assert stranger.post("/counter", data={"nonce": stolen}).status_code == 403


def test_a_planted_cookie_without_our_signature_is_refused(client: FlaskClient) -> None:
    client.set_cookie("nonce", "planted.planted")
    assert client.post("/counter", data={"nonce": "planted.planted"}).status_code == 403


def test_services_of_one_origin_accept_each_others_forms() -> None:
    page = shop_app().test_client().get("/counter")
    neighbour = shop_app().test_client()
    nonce = nonce_in(page.text)
    neighbour.set_cookie("nonce", nonce)
    assert neighbour.post("/counter", data={"nonce": nonce}).status_code == 200


def test_the_nonce_cookie_is_http_only_and_same_site(client: FlaskClient) -> None:
    cookie = client.get("/counter").headers["Set-Cookie"]
    for flag in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Secure" not in cookie


PRODUCTION = {
    "ENVIRONMENT": "production",
    "LINK_SECRET": "s" * 40,
    "TOKEN_PUBLIC_KEY": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",  # the public key of RFC 8032, test 1
    "EVENT_PUBLIC_KEYS": '{"shop": ["11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]}',
}


def test_in_production_cookies_and_pages_require_https() -> None:
    answer = shop_app(None, health=None, **PRODUCTION).test_client().get("/counter", base_url="https://shop.example")
    assert answer.headers["Set-Cookie"].startswith("__Host-nonce=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_a_reader_gets_problems_as_a_page_in_their_language(client: FlaskClient) -> None:
    answer = client.get("/counter/broken", headers=BROWSER | {"Accept-Language": "fr"})
    assert answer.status_code == 409
    assert answer.content_type.startswith("text/html")
    assert WORDS.of("fr").gettext("Something has changed in the meantime") in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/problem+json, text/html;q=0.1", ""])
def test_a_program_gets_problems_as_json(client: FlaskClient, accept: str) -> None:
    answer = client.get("/counter/broken", headers={"Accept": accept})
    assert answer.content_type == "application/problem+json"


def test_a_429_page_has_retry_after(client: FlaskClient) -> None:
    for _ in range(2):
        client.post("/shop/v1/knock")
    answer = client.post("/shop/v1/knock", headers=BROWSER)
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers
    assert answer.content_type.startswith("text/html")


def test_pages_are_never_cached_or_framed(client: FlaskClient) -> None:
    headers = client.get("/counter").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_the_column_width_of_44rem_overrides_the_base_style_sheet(client: FlaskClient) -> None:
    page = client.get("/counter").text
    assert page.index("pico.min.css") < page.index("pages.css")
    ours = client.get("/shop/static/pages.css", buffered=True).text
    assert re.search(r"\.container \{\s*max-inline-size: 44rem", ours), "as specific as Pico's .container, and after it"
