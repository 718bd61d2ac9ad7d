"""Convert domain values to response bodies."""

from typing import Any

from services.chassis.identity.principal import Principal
from services.events.fact_table import answers_of
from services.profiles.domain.api_key import ApiKey
from services.profiles.domain.consent import standing
from services.profiles.domain.erasure import SERVICES, Tombstone
from services.profiles.domain.person import MenteeSide, MentorSide, Person
from services.profiles.domain.session import Session
from services.profiles.domain.waiting import WaitingRange
from services.profiles.domain.wording import (
    Translator,
    format_next_step,
    format_peer_boundary,
    format_reason,
    format_signpost,
    format_waiting,
    has_label,
)
from services.profiles.use_cases.read_person import PersonExport
from services.profiles.use_cases.record_introduction import Card
from services.profiles.use_cases.sessions import SignedIn
from services.profiles.use_cases.steps.join_programme import Joined


def joined_view(joined: Joined, translator: Translator) -> dict[str, Any]:
    """Return the answer to a sign-up, in the person's language."""
    return {
        "id": joined.person.id,
        "role": joined.role,
        "status": joined.status,
        **_tokens(joined.signed_in),
        "next": format_next_step(translator, joined.role),
        "waiting": waiting_view(joined.waiting, translator),
        "signposts": [{"code": code, "words": format_signpost(translator, code)} for code in joined.signposts],
    }


def signed_in_view(signed_in: SignedIn) -> dict[str, Any]:
    """Return a signed-in person with their tokens."""
    principal = signed_in.principal
    return {"person_id": principal.id, "roles": list(principal.roles), **_tokens(signed_in)}


def _tokens(signed_in: SignedIn) -> dict[str, Any]:
    return {
        "access_token": signed_in.access_token,
        "token_expires_at": signed_in.token_expires_at,
        "refresh_token": signed_in.refresh_token,
        "session_expires_at": signed_in.session_expires_at,
    }


def session_view(session: Session, caller: Principal) -> dict[str, Any]:
    """Return an open session."""
    return {
        "id": session.id,
        "client": session.client,
        "started_at": session.started_at,
        "renewed_at": session.renewed_at,
        "expires_at": session.expires_at,
        "current": session.id == caller.session,
    }


def key_view(key: ApiKey) -> dict[str, Any]:
    """Return an API key without its secret."""
    return {
        "id": key.id,
        "name": key.name,
        "permissions": sorted(key.permissions),
        "part": key.part,
        "created_at": key.created_at,
        "created_by": key.created_by,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }


def waiting_view(waiting: WaitingRange, translator: Translator) -> dict[str, Any]:
    """Return the waiting time, as numbers and as a sentence."""
    known = waiting.shortest is not None
    return {
        "range": {"shortest_hours": waiting.shortest, "longest_hours": waiting.longest} if known else None,
        "basis": {"matches": waiting.matches, "days": waiting.days},
        "words": format_waiting(translator, waiting),
    }


def person_view(person: Person) -> dict[str, Any]:
    """Return a person's record."""
    return {
        "id": person.id,
        "version": person.version,
        "state": person.state,
        "paused_until": person.paused_until,
        "roles": list(person.roles),
        "preferred_name": person.contact.name,
        "pronouns": person.contact.pronouns,
        "contact": {"email": person.contact.email, "phone": person.contact.phone},
        "locale": person.locale,
        "consents": sorted(person.agreed),
        "created_at": person.created_at,
        "mentee": _mentee_view(person.mentee) if person.mentee else None,
        "mentor": _mentor_view(person.mentor) if person.mentor else None,
    }


def _mentee_view(side: MenteeSide) -> dict[str, Any]:
    return _answers_view(side.facts, side) | {"waiting_since": side.facts.waiting_since}


def _mentor_view(side: MentorSide) -> dict[str, Any]:
    return _answers_view(side.facts, side) | {
        "status": side.status,
        "applied_at": side.applied_at,
        "trained_until": side.facts.trained_until,
        "cleared_for_minors": side.facts.cleared_for_minors,
    }


def _answers_view(*records: Any) -> dict[str, Any]:
    """Return the answers in these records, each at its place."""
    view: dict[str, Any] = {}
    for record in records:
        for fact in answers_of(type(record)):
            *groups, name = fact.place.split(".")
            inner = view
            for group in groups:
                inner = inner.setdefault(group, {})
            inner[name] = getattr(record, fact.name)
    return view


def mentor_item(person: Person) -> dict[str, Any]:
    """Return a mentor as the admin's list shows them: without health facts."""
    side = person.mentor
    if side is None:
        raise ValueError(f"{person.id} is not a mentor")
    return {
        "id": person.id,
        "status": side.status,
        "applied_at": side.applied_at,
        "preferred_name": person.contact.name,
        "languages": [spoken.tag for spoken in side.facts.languages],
        "capacity": side.facts.capacity,
        "trained_until": side.facts.trained_until,
        "version": person.version,
    }


def ledger_view(ledger: Any) -> dict[str, Any]:
    """Return the consents in force, and all entries."""
    return {"standing": sorted(standing(ledger)), "items": list(ledger)}


def erasure_view(tombstone: Tombstone) -> dict[str, Any]:
    """Return the progress of an erasure."""
    confirmed = dict(tombstone.confirmed)
    return {
        "person_id": tombstone.person_id,
        "status": tombstone.status,
        "asked_at": tombstone.asked_at,
        "confirmed_by": confirmed,
        "waiting_for": [service for service in SERVICES if service not in confirmed],
    }


def card_view(card: Card, translator: Translator) -> dict[str, Any]:
    """Return what one of the two sees of the other."""
    contact = card.contact
    return {
        "match_id": card.match_id,
        "stage": card.stage,
        "confirm_by": card.confirm_by,
        "shown_to": card.shown_to,
        "display_name": card.name,
        "pronouns": card.pronouns,
        "own_words": card.own_words,
        "hopes": card.hopes,
        "reasons": [
            {
                "criterion": reason.criterion,
                "band": reason.band,
                "codes": list(reason.codes),
                "words": format_reason(translator, reason),
            }
            for reason in card.reasons
            if has_label(reason)
        ],
        "boundary": format_peer_boundary(translator) if card.also_clinician else None,
        "ground_rules": format_signpost(translator, "care_team"),
        "contact": {"email": contact.email, "phone": contact.phone} if contact else None,
    }


def export_view(exported: PersonExport) -> dict[str, Any]:
    """Return all data that profiles has of a person."""
    return {
        "person": person_view(exported.person) | {"time_zone": exported.person.time_zone},
        "consents": list(exported.ledger),
        "introductions": [
            {
                "match_id": introduction.match_id,
                "stage": introduction.stage,
                "as": _role_in(introduction, exported.person.id),
            }
            for introduction in exported.introductions
        ],
        "sign_in_links": list(exported.sign_ins),
        "audit": list(exported.audit),
    }


def _role_in(introduction: Any, person_id: str) -> str:
    return "mentee" if introduction.mentee_id == person_id else "mentor"
