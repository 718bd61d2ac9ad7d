"""The front page: what this is, for whom, and where everything else begins."""

from flask import Blueprint, Response

from services.chassis.auth import allow
from services.chassis.html import language, render
from services.chassis.words import Words


def front(pages: Blueprint, words: Words, *, development: bool) -> None:
    """Add the front page; the development mailbox and the demonstration are named in development alone."""

    @pages.get("/")
    @allow("anyone")
    def front_page() -> Response:
        lang = language()
        return render("profiles/front.html", lang=lang, phrases=words.of(lang), development=development)
