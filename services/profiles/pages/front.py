"""The front page: what this is, for whom, and where everything else begins."""

from urllib.parse import urlsplit

from flask import Blueprint, Response

from services.chassis.i18n.translations import Words
from services.chassis.web.access_policy import allow
from services.chassis.web.html_pages import language, render

_PORT = 8080  # what `make demo` takes by itself


def front(pages: Blueprint, words: Words, *, public_url: str, development: bool) -> None:
    """Add the front page; the development mailbox and the demonstration are named in development alone."""
    demo = _demo(public_url)

    @pages.get("/")
    @allow("anyone")
    def front_page() -> Response:
        lang = language()
        return render("profiles/front.html", lang=lang, phrases=words.of(lang), development=development, demo=demo)


def _demo(public_url: str) -> str:
    """Return the command that fills the system at this address."""
    port = urlsplit(public_url).port
    return "make demo" if port in {None, _PORT} else f"make demo PORT={port}"
