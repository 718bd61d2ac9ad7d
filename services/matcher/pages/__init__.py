"""The matcher's pages: a mentor's answer to an offer, and a mentee's answer to an introduction."""

from collections.abc import Sequence

from flask import Blueprint

from services.chassis.i18n.translations import Words
from services.chassis.identity.signed_links import LinkSigner
from services.matcher.domain.programme_terms import Terms
from services.matcher.pages.introductions import introductions
from services.matcher.pages.offers import offers
from services.matcher.ports import UnitOfWork

__all__ = ["routes"]


def routes(uow: UnitOfWork, terms: Terms, words: Words, links: LinkSigner) -> Sequence[Blueprint]:
    """Return every page of this service."""
    pages = Blueprint("matcher_pages", __name__, template_folder="templates")
    offers(pages, uow, terms, words, links)
    introductions(pages, uow, words, links)
    return (pages,)
