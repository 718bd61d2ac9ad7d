"""How a page speaks: the reader's language, and what there is to say once a match was answered."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_datetime
from flask import Response

from services.chassis.i18n.translations import Phrases, Words
from services.chassis.web.html_pages import chosen_language, render
from services.matcher.use_cases.read_offer import Offer


def phrases_for(offer: Offer, words: Words) -> Phrases:
    """The language the reader has chosen, else their own."""
    return words.of(chosen_language() or offer.locale)


def moment(when: datetime | None, time_zone: str, locale: str) -> str:
    """A moment as the reader's own clock and language show it."""
    if when is None:
        return ""
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return format_datetime(when, "EEEE d MMMM, HH:mm z", tzinfo=zone, locale=locale.replace("-", "_"))


def answered_page(offer: Offer, say: Phrases) -> Response:
    """A calm page that says where things stand, whoever brought them there."""
    heading, text = _mentor_reads(offer, say) if offer.side == "mentor" else _mentee_reads(offer, say)
    return render("matcher/answered.html", lang=say.locale, phrases=say, heading=heading, text=text)


def _mentor_reads(offer: Offer, say: Phrases) -> tuple[str, str]:
    match offer.match.state, offer.match.end_cause, offer.match.ended_by:
        case "accepted", _, _:
            return (
                say.gettext("Thank you for saying yes"),
                say.gettext("We are introducing you now. As soon as they confirm, you will hear from us."),
            )
        case "active", _, _:
            return (
                say.gettext("You are matched"),
                say.gettext("Both of you said yes. A message with how to go on is in your mail."),
            )
        case "ended", "declined", "mentor":
            return (
                say.gettext("Thank you for telling us"),
                say.gettext(
                    "That is perfectly fine. We are looking for someone else. "
                    "If you gave a reason, only the programme's team sees it."
                ),
            )
        case _:
            return _closed(say)


def _mentee_reads(offer: Offer, say: Phrases) -> tuple[str, str]:
    match offer.match.state, offer.match.end_cause, offer.match.ended_by:
        case "active", _, _:
            return (
                say.gettext("You are matched"),
                say.gettext("Both of you said yes. A message with how to go on is in your mail."),
            )
        case "ended", "declined", "mentee":
            return (
                say.gettext("Thank you for telling us"),
                say.gettext("You keep your place, and we are already looking for someone else."),
            )
        case _:
            return _closed(say)


def _closed(say: Phrases) -> tuple[str, str]:
    return (
        say.gettext("This question is closed"),
        say.gettext("It was answered or taken back in the meantime. There is nothing you need to do."),
    )
