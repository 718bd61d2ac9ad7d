"""Convert loaded request bodies to domain values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.events.fact_table import Entries, Fact, Text, answers_of
from services.events.facts import MenteeFacts, MentorFacts, Must, Spoken
from services.events.validation import standard_must
from services.profiles.domain.addresses import normal_phone
from services.profiles.domain.editing import Edit, split_answers
from services.profiles.domain.languages import locale_for
from services.profiles.domain.person import Contact, MenteeSide, MentorSide
from services.profiles.use_cases.steps.join_programme import Form

Body = Mapping[str, Any]
_ABSENT = object()


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
    facts, beside = split_answers(MenteeSide, mentee_changes(body))
    return MenteeSide(facts=MenteeFacts(waiting_since=now, **facts), **beside)


def mentor_side(body: Body, now: datetime) -> MentorSide:
    """Return the side of a mentor who applies."""
    facts, beside = split_answers(MentorSide, mentor_changes(body))
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
    """Return a mentee's answers, and the facts derived from them, as domain values by field name."""
    changes = _answers(body, MenteeFacts, MenteeSide)
    if "support" in changes:
        changes["only_support_is_self"] = changes["support"] == ("only_myself",)
    if "ever_met_a_peer" in changes:
        changes["never_met_a_peer"] = changes["ever_met_a_peer"] is False
    return changes


def mentor_changes(body: Body) -> dict[str, Any]:
    """Return a mentor's answers as domain values by field name."""
    return _answers(body, MentorFacts, MentorSide)


def _answers(body: Body, *classes: type) -> dict[str, Any]:
    """Return the answers that a body has as domain values."""
    sent = ((fact, _value_at(body, fact.place)) for fact in answers_of(*classes))
    return {fact.name: _domain_value(fact, value) for fact, value in sent if value is not _ABSENT}


def _value_at(body: Body, place: str) -> Any:
    value: Any = body
    for name in place.split("."):
        value = value.get(name, _ABSENT) if value is not _ABSENT else _ABSENT
    return value


def _domain_value(fact: Fact, value: Any) -> Any:
    match fact.answer:
        case Entries():
            make = standard_must if fact.type is Must else fact.type
            return tuple(make(**entry) for entry in value)
        case Text():
            return value or None
        case _:
            return tuple(value) if fact.several else value


def _phone(phone: str | None) -> str | None:
    """Return the international form; an invalid number stays as it is, and the domain reports why."""
    return (normal_phone(phone) or phone) if phone else None
