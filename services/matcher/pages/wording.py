"""Render pages in the reader's language, and the page after a match was answered."""

from flask import Response

from services.chassis.i18n.translations import Phrases, Words
from services.chassis.web.html_pages import chosen_language, render
from services.matcher.use_cases.read_offer import Offer


def phrases_for(offer: Offer, words: Words) -> Phrases:
    """Return phrases in the language that the reader has chosen, else in their own."""
    return words.of(chosen_language() or offer.locale)


def answered_page(offer: Offer, phrases: Phrases) -> Response:
    """Return the page that shows a match's state after an answer."""
    heading, text = _mentor_text(offer, phrases) if offer.side == "mentor" else _mentee_text(offer, phrases)
    return render("matcher/answered.html", lang=phrases.locale, phrases=phrases, heading=heading, text=text)


def _mentor_text(offer: Offer, phrases: Phrases) -> tuple[str, str]:
    match offer.match.state, offer.match.end_cause, offer.match.ended_by:
        case "accepted", _, _:
            return (
                phrases.gettext("Thank you for saying yes"),
                phrases.gettext("We're telling them about you now. We'll email you when they say yes."),
            )
        case "active", _, _:
            return (
                phrases.gettext("You're matched"),
                phrases.gettext("You both said yes. Sign in to see how to reach each other."),
            )
        case "ended", "declined", "mentor":
            return (
                phrases.gettext("Thank you for telling us"),
                phrases.gettext(
                    "That's fine. We're looking for someone else. "
                    "If you gave a reason, only the programme's team can see it."
                ),
            )
        case _:
            return _closed(phrases)


def _mentee_text(offer: Offer, phrases: Phrases) -> tuple[str, str]:
    match offer.match.state, offer.match.end_cause, offer.match.ended_by:
        case "active", _, _:
            return (
                phrases.gettext("You're matched"),
                phrases.gettext("You both said yes. Sign in to see how to reach each other."),
            )
        case "ended", "declined", "mentee":
            return (
                phrases.gettext("Thank you for telling us"),
                phrases.gettext("You keep your place, and we're already looking for someone else."),
            )
        case _:
            return _closed(phrases)


def _closed(phrases: Phrases) -> tuple[str, str]:
    return (
        phrases.gettext("This question is closed"),
        phrases.gettext("It has been answered, or it's no longer open. You don't need to do anything."),
    )
