"""The front page: what Cairn is, who it is for, and links to everything else."""

from urllib.parse import urlsplit

from flask import Blueprint, Response

from services.chassis.i18n.translations import Words
from services.chassis.web.access_policy import allow
from services.chassis.web.html_pages import language, render

_PORT = 8080  # the default of ``make demo``


def front(pages: Blueprint, words: Words, *, public_url: str, development: bool) -> None:
    """Add the front page; it links the development mailbox and the demonstration in development only."""
    demo = _demo(public_url)

    @pages.get("/")
    @allow("anyone")
    def front_page() -> Response:
        lang = language()
        return render("profiles/front.html", lang=lang, phrases=words.of(lang), development=development, demo=demo)


def _demo(public_url: str) -> str:
    """Return the command that fills the system at this address with demonstration data."""
    port = urlsplit(public_url).port
    return "make demo" if port in {None, _PORT} else f"make demo PORT={port}"
