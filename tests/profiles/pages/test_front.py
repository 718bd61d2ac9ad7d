"""The front page: languages, links, and no development parts in production."""

from collections.abc import Callable

import pytest

from tests.profiles.app_harness import Stage


@pytest.mark.parametrize(
    ("lang", "heading"),
    [
        ("en", "Talk with someone who's been there"),
        ("es", "Hable con alguien que ya ha pasado por ahí"),
        ("fr", "Parlez avec quelqu’un qui est passé par là"),
        ("ar", "شخص مرّ بما تمرّ به"),
    ],
)
def test_the_front_page_has_four_languages(stage: Stage, lang: str, heading: str) -> None:
    page = stage.ask("GET", f"/?lang={lang}")
    assert page.status_code == 200
    assert f'<html lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}">' in page.text
    assert heading in page.text


def test_the_front_page_links_api_descriptions_and_the_mailbox(stage: Stage) -> None:
    page = stage.ask("GET", "/").text
    for address in ("/profiles/docs", "/matcher/docs", "/notifications/docs", "/mailbox"):
        assert f'href="{address}"' in page
    assert "make demo" in page


def test_the_demo_command_names_the_chosen_port(opened: Callable[..., Stage]) -> None:
    assert ">make demo PORT=8123<" in opened(PUBLIC_URL="http://localhost:8123").ask("GET", "/").text
    assert ">make demo<" in opened(PUBLIC_URL="http://localhost:8080").ask("GET", "/").text


def test_in_production_there_is_no_mailbox_and_no_demonstration(opened: Callable[..., Stage]) -> None:
    secrets = {
        "LINK_SECRET": "b" * 40,
        "TOKEN_PRIVATE_KEY": "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
        "TOKEN_PUBLIC_KEY": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        "EVENT_PUBLIC_KEYS": '{"profiles": ["11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]}',
        "CONTACT_KEYS": '{"k1": "' + "A" * 43 + '="}',
        "INDEX_KEY": "A" * 43 + "=",
    }
    page = opened(ENVIRONMENT="production", **secrets).ask("GET", "/").text
    assert "/mailbox" not in page
    assert "make demo" not in page
    assert "/matcher/docs" in page


def test_the_page_has_no_inline_script_or_style(stage: Stage) -> None:
    page = stage.ask("GET", "/")
    assert "<script" not in page.text
    assert "<style" not in page.text
    assert "style=" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
