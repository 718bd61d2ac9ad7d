"""Convert loaded request bodies to domain values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.events.facts import DeviceInterest, DeviceLived, LifeStage, MenteeFacts, MentorFacts, Spoken, Window
from services.events.validation import standard_must
from services.profiles.domain.addresses import normal_phone
from services.profiles.domain.editing import Edit
from services.profiles.domain.languages import locale_for
from services.profiles.domain.person import Contact, MenteeSide, MentorSide
from services.profiles.use_cases.steps.join_programme import Form

Body = Mapping[str, Any]
_BESIDE = ("own_words", "hopes", "referral_code", "support", "access_needs", "ever_met_a_peer")
_JOINING = {"preferred_name", "pronouns", "contact", "locale", "consents"}


def form_of(body: Body) -> Form:
    """Return the fields that both sign-ups share."""
    languages = tuple(Spoken(**spoken) for spoken in body["languages"])
    return Form(
        contact=Contact(
            email=body["contact"]["email"].strip(),
            phone=_phone(body["contact"].get("phone")),
            name=body.get("preferred_name") or None,
            pronouns=body.get("pronouns") or None,
        ),
        consents=dict.fromkeys(body["consents"], True),
        locale=body.get("locale") or locale_for(languages),
        time_zone=body.get("availability", {}).get("time_zone", "UTC"),
    )


def mentee_side(body: Body, now: datetime) -> MenteeSide:
    """Return the side of a mentee who signs up."""
    facts, beside = _split(mentee_changes(_without_joining(body)))
    return MenteeSide(facts=MenteeFacts(waiting_since=now, **facts), **beside)


def mentor_side(body: Body, now: datetime) -> MentorSide:
    """Return the side of a mentor who applies."""
    facts, beside = _split(mentor_changes(_without_joining(body)))
    return MentorSide(facts=MentorFacts(**facts), applied_at=now, **beside)


def edit_of(body: Body) -> Edit:
    """Return what a PATCH changes."""
    contact = dict(body.get("contact", {}))
    if "email" in contact:
        contact["email"] = contact["email"].strip()
    if "phone" in contact:
        contact["phone"] = _phone(contact["phone"])
    if "preferred_name" in body:
        contact["name"] = body["preferred_name"] or None
    if "pronouns" in body:
        contact["pronouns"] = body["pronouns"] or None
    return Edit(
        person={"locale": body["locale"]} if "locale" in body else {},
        contact=contact,
        mentee=mentee_changes(body.get("mentee", {})),
        mentor=mentor_changes(body.get("mentor", {})),
    )


def mentee_changes(body: Body) -> dict[str, Any]:
    """Return a mentee's answers as domain values by field name."""
    changes = _shared(body)
    if "devices" in body:
        changes["devices"] = tuple(DeviceInterest(**device) for device in body["devices"])
    if "life_stages" in body:
        changes["life_stages"] = tuple(LifeStage(**stage) for stage in body["life_stages"])
    if "musts" in body:
        changes["musts"] = tuple(standard_must(**must) for must in body["musts"])
    if "support" in body:
        changes["only_support_is_self"] = changes["support"] == ("only_myself",)
    if "ever_met_a_peer" in body:
        changes["never_met_a_peer"] = body["ever_met_a_peer"] is False
    return changes


def mentor_changes(body: Body) -> dict[str, Any]:
    """Return a mentor's answers as domain values by field name."""
    changes = _shared(body)
    if "devices" in body:
        changes["devices"] = tuple(DeviceLived(**device) for device in body["devices"])
    return changes


def _shared(body: Body) -> dict[str, Any]:
    changes: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in body.items()}
    for name in ("own_words", "hopes", "referral_code"):
        if name in changes:
            changes[name] = changes[name] or None
    if "languages" in body:
        changes["languages"] = tuple(Spoken(**spoken) for spoken in body["languages"])
    if "availability" in body:
        availability = changes.pop("availability")
        changes["availability"] = tuple(Window(**window) for window in availability["windows"])
        changes["time_zone"] = availability["time_zone"]
    return changes


def _split(changes: Body) -> tuple[dict[str, Any], dict[str, Any]]:
    facts = {name: value for name, value in changes.items() if name not in _BESIDE}
    beside = {name: value for name, value in changes.items() if name in _BESIDE}
    return facts, beside


def _without_joining(body: Body) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in _JOINING}


def _phone(phone: str | None) -> str | None:
    """Return the international form; an invalid number stays as it is, and the domain reports why."""
    return (normal_phone(phone) or phone) if phone else None
