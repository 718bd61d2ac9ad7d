"""A mentor's answer from their mail: opening the link shows the offer, two buttons answer it."""

from contextlib import suppress

from flask import Blueprint, Response, request

from services.chassis.core.errors import Conflict, Invalid, NotFound
from services.chassis.i18n.moments import format_moment
from services.chassis.i18n.sentence import Sentence
from services.chassis.i18n.translations import Words
from services.chassis.identity.signed_links import LinkRefused, LinkSigner
from services.chassis.web.access_policy import allow
from services.chassis.web.html_pages import check_nonce, render
from services.events.vocabulary import codes, is_code, label
from services.matcher.domain.programme_terms import Terms
from services.matcher.pages.wording import answered_page, phrases_for
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.accept_match import accept_match
from services.matcher.use_cases.decline_match import decline_match
from services.matcher.use_cases.read_offer import Offer, read_offer
from services.matcher.use_cases.steps.match_access import Actor
from services.matcher.use_cases.wording.match_reasons import format_reasons

PURPOSE = "answer_match"
NOTE = 500  # characters


def offers(pages: Blueprint, uow: UnitOfWork, terms: Terms, words: Words, links: LinkSigner) -> None:
    """Add the page of an offer. Wrong, expired and unknown links look alike; a repeated answer gets the same page."""

    def opened(token: str) -> Offer:
        link = links.read(token, PURPOSE)
        return _opened(uow, link.subject, link.person)

    @pages.get("/offers/<token>")
    @allow("anyone")
    def offer_page(token: str) -> Response:
        offer = opened(token)
        phrases = phrases_for(offer, words)
        if not offer.open:
            return answered_page(offer, phrases)
        return render(
            "matcher/offer.html",
            lang=phrases.locale,
            phrases=phrases,
            token=token,
            reasons=format_reasons(offer.match.reasons_told, phrases),
            request_shape=label("request_shape", offer.request_shape, phrases.locale),
            formats=[label("format", code, phrases.locale) for code in offer.formats],
            answer_by=format_moment(offer.match.answer_by, offer.time_zone, phrases.locale),
            decline_reasons=[(code, label("decline_reason", code, phrases.locale)) for code in codes("decline_reason")],
            note_length=NOTE,
        )

    @pages.post("/offers/<token>/accept")
    @allow("anyone")
    def accept_offer(token: str) -> Response:
        check_nonce()
        actor, match_id = _actor_and_match(opened(token))
        with suppress(Conflict):  # answered before, or too late: the page says which
            accept_match(uow, terms, actor, match_id)
        return _to_page(token)

    @pages.post("/offers/<token>/decline")
    @allow("anyone")
    def decline_offer(token: str) -> Response:
        check_nonce()
        actor, match_id = _actor_and_match(opened(token))
        reason, note = _reason_and_note()
        with suppress(Conflict):  # answered before, or too late: the page says which
            decline_match(uow, actor, match_id, reason=reason, note=note)
        return _to_page(token)


def _opened(uow: UnitOfWork, match_id: str, person_id: str) -> Offer:
    try:
        return read_offer(uow, match_id, person_id, "mentor")
    except NotFound:
        raise LinkRefused from None


def _actor_and_match(offer: Offer) -> tuple[Actor, str]:
    return offer.actor, offer.match.id


def _reason_and_note() -> tuple[str | None, str | None]:
    """Return the coded reason and the private note of the form, both optional."""
    reason, note = request.form.get("reason") or None, (request.form.get("note") or "").strip() or None
    if reason is not None and not is_code("decline_reason", reason):
        raise Invalid("reason_unknown", "Please choose one of the reasons, or none.", field="reason")
    if note is not None and len(note) > NOTE:
        raise Invalid(
            "note_too_long", Sentence("Please keep the note to %(most)s characters.", most=NOTE), field="note"
        )
    return reason, note


def _to_page(token: str) -> Response:
    """Redirect to the page that shows the match's state, so that a reload does not answer again."""
    return Response(status=303, headers={"Location": f"/offers/{token}"})
