"""Handle a mentee's answer to an introduction; profiles shows the introduction itself."""

from contextlib import suppress

from flask import Blueprint, Response

from services.chassis.core.errors import Conflict, NotFound
from services.chassis.i18n.translations import Words
from services.chassis.identity.signed_links import LinkRefused, LinkSigner
from services.chassis.web.access_policy import allow
from services.chassis.web.html_pages import check_nonce
from services.matcher.pages.wording import answered_page, phrases_for
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.confirm_match import confirm_match
from services.matcher.use_cases.decline_match import decline_match
from services.matcher.use_cases.read_offer import Offer, read_offer

PURPOSE = "introduction"


def introductions(pages: Blueprint, uow: UnitOfWork, words: Words, links: LinkSigner) -> None:
    """Add the routes of both answers. Each shows the match's state afterwards; a repeated answer gets the same page."""

    def opened(token: str) -> Offer:
        link = links.read(token, PURPOSE)
        try:
            return read_offer(uow, link.subject, link.person, "mentee")
        except NotFound:
            raise LinkRefused from None

    def shown(token: str) -> Response:
        offer = opened(token)
        return answered_page(offer, phrases_for(offer, words))

    @pages.post("/matches/<token>/confirm")
    @allow("anyone")
    def confirm_introduction(token: str) -> Response:
        check_nonce()
        offer = opened(token)
        with suppress(Conflict):  # answered before, or too late: the page says which
            confirm_match(uow, offer.actor, offer.match.id)
        return shown(token)

    @pages.post("/matches/<token>/decline")
    @allow("anyone")
    def decline_introduction(token: str) -> Response:
        check_nonce()
        offer = opened(token)
        with suppress(Conflict):  # answered before, or too late: the page says which
            decline_match(uow, offer.actor, offer.match.id)
        return shown(token)
