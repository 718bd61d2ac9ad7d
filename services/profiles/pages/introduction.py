"""The introduction of a mentor, opened from a mail: who said yes, why these two, and two real buttons."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Blueprint, Response

from services.chassis.i18n.translations import Words
from services.chassis.web.access_policy import allow
from services.chassis.web.html_pages import chosen_language, render
from services.profiles.domain.wording import has_words, peer_words, reason_words, signpost_words
from services.profiles.ports import Resources
from services.profiles.use_cases.record_introduction import open_introduction


def introduction(pages: Blueprint, resources: Resources, words: Words) -> None:
    """Add the page; opening it changes nothing, its forms post to the matcher."""

    @pages.get("/introductions/<token>")
    @allow("anyone")
    def introduction_page(token: str) -> Response:
        link = resources.links.read(token, "introduction")
        card = open_introduction(resources, link.subject, link.person)
        say = words.of(chosen_language() or card.locale)
        return render(
            "profiles/introduction.html",
            lang=say.locale,
            phrases=say,
            card=card,
            token=token,
            reasons=[reason_words(say, reason) for reason in card.reasons if has_words(reason)],
            boundary=peer_words(say) if card.also_clinician else None,
            care_team=signpost_words(say, "care_team"),
            confirm_by=_day(card.confirm_by, card.time_zone, say.locale),
        )


def _day(moment: datetime | None, time_zone: str, locale: str) -> str:
    """Return a moment as the reader's own clock and language show it."""
    if moment is None:
        return ""
    return format_datetime(moment, "EEEE d MMMM, HH:mm z", tzinfo=ZoneInfo(time_zone), locale=locale.replace("-", "_"))
