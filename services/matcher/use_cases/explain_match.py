"""Explain a match: in words for its two people, with numbers for an admin."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.i18n.translations import Words
from services.matcher.domain.explain import Part, band_of
from services.matcher.domain.match import Match
from services.matcher.domain.private_reasons import before_yes
from services.matcher.ports import UnitOfWork
from services.matcher.use_cases.steps.match_access import Actor, audit_read, visible_match
from services.matcher.use_cases.wording.match_reasons import FormattedReason, format_reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyMatched:
    """A match explained in one language; ``parts`` and ``score`` only for an admin."""

    match: Match
    locale: str
    band: str
    reasons: Sequence[FormattedReason]
    parts: Sequence[Part] = ()
    score: int | None = None


def explain_match(uow: UnitOfWork, words: Words, actor: Actor, match_id: str, locale: str) -> WhyMatched:
    """Explain a match in the actor's own language; an admin reads it in ``locale``, audited."""
    with uow.begin(read_only=not actor.is_admin) as store:
        match = visible_match(store, actor, match_id)
        audit_read(store, actor, "read_explanation", match_id)
        parts, score = store.matches.shown(match_id)
        person = store.pool.member(actor.person_id) if actor.person_id else None
    phrases = words.of(person.locale if person is not None else locale)
    open_parts = parts if actor.is_admin or match.accepted_at is not None else before_yes(parts)
    shown = sorted((part for part in open_parts if part.band), key=lambda part: -part.score * part.weight)
    return WhyMatched(
        match=match,
        locale=phrases.locale,
        band=band_of(score),
        reasons=format_reasons(shown, phrases),
        parts=parts if actor.is_admin else (),
        score=score if actor.is_admin else None,
    )
