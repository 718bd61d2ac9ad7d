"""The introduction page, opened from a mail: the mentor who accepted, the reasons, and two buttons."""

from flask import Blueprint, Response

from services.chassis.i18n.moments import format_moment
from services.chassis.i18n.translations import Words
from services.chassis.web.access_policy import allow
from services.chassis.web.html_pages import chosen_language, render
from services.profiles.domain.wording import format_peer_boundary, format_reason, format_signpost, has_label
from services.profiles.ports import Resources
from services.profiles.use_cases.record_introduction import open_introduction


def introduction(pages: Blueprint, resources: Resources, words: Words) -> None:
    """Add the page; opening it changes nothing, and its forms post to the matcher."""

    @pages.get("/introductions/<token>")
    @allow("anyone")
    def introduction_page(token: str) -> Response:
        link = resources.links.read(token, "introduction")
        card = open_introduction(resources, link.subject, link.person)
        translator = words.of(chosen_language() or card.locale)
        return render(
            "profiles/introduction.html",
            lang=translator.locale,
            phrases=translator,
            card=card,
            token=token,
            reasons=[format_reason(translator, reason) for reason in card.reasons if has_label(reason)],
            boundary=format_peer_boundary(translator) if card.also_clinician else None,
            care_team=format_signpost(translator, "care_team"),
            confirm_by=format_moment(card.confirm_by, card.time_zone, translator.locale),
        )
