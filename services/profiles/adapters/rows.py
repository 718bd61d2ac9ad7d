"""Map rows to values and back, by hand; sealed columns are opened only here."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.identity.encryption import BlindIndex, FieldCipher
from services.chassis.messages.codec import from_json, to_json
from services.events.facts import MenteeFacts, MentorFacts
from services.events.matcher import Reason
from services.profiles.adapters.tables import SEALED
from services.profiles.domain.addresses import normal_address
from services.profiles.domain.consent import ConsentEntry
from services.profiles.domain.erasure import Tombstone
from services.profiles.domain.introduction import Introduction
from services.profiles.domain.person import Contact, MenteeSide, MentorSide, Person

Row = sa.RowMapping


class PersonCipher:
    """Seals and opens a person's texts, each bound to its column, and computes the blind index of addresses."""

    def __init__(self, cipher: FieldCipher, index: BlindIndex) -> None:
        self._cipher = cipher
        self._index = index

    def seal(self, text: str | None, column: str, person_id: str) -> str | None:
        """Return a text sealed for one column of one person; None stays None."""
        return None if text is None else self._cipher.seal(text, SEALED.context(column, person_id))

    def open(self, sealed: str | None, column: str, person_id: str) -> str | None:
        """Return the plain text of a column of a person; None stays None."""
        return None if sealed is None else self._cipher.open(sealed, SEALED.context(column, person_id))

    def index(self, email: str) -> str:
        """Return the blind index of an address, as it is stored."""
        return self._index.of(normal_address(email))

    def indexes(self, email: str) -> tuple[str, ...]:
        """Return every blind index under which an address may be stored; several while keys rotate."""
        return self._index.all_of(normal_address(email))


def person_row(person: Person, cipher: PersonCipher) -> dict[str, Any]:
    """Return a person as a row of ``people``."""
    mentee, mentor, contact = person.mentee, person.mentor, person.contact

    def sealed(column: str, text: str | None) -> str | None:
        return cipher.seal(text, column, person.id)

    return {
        "id": person.id,
        "programme_id": person.programme_id,
        "version": person.version,
        "state": person.state,
        "paused_until": person.paused_until,
        "locale": person.locale,
        "time_zone": person.time_zone,
        "agreed": sorted(person.agreed),
        "email": sealed("email", contact.email),
        "email_index": cipher.index(contact.email),
        "phone": sealed("phone", contact.phone),
        "name": sealed("name", contact.name),
        "pronouns": sealed("pronouns", contact.pronouns),
        "mentee_facts": to_json(mentee.facts) if mentee else None,
        "mentee_words": sealed("mentee_words", mentee.own_words) if mentee else None,
        "referral_code": sealed("referral_code", mentee.referral_code) if mentee else None,
        "support": list(mentee.support) if mentee else [],
        "mentee_access": list(mentee.access_needs) if mentee else [],
        "met_a_peer": mentee.ever_met_a_peer if mentee else None,
        "mentor_facts": to_json(mentor.facts) if mentor else None,
        "mentor_words": sealed("mentor_words", mentor.own_words) if mentor else None,
        "mentor_hopes": sealed("mentor_hopes", mentor.hopes) if mentor else None,
        "mentor_access": list(mentor.access_needs) if mentor else [],
        "mentor_status": mentor.status if mentor else None,
        "applied_at": mentor.applied_at if mentor else None,
        "created_at": person.created_at,
    }


def person_from_row(row: Row, cipher: PersonCipher) -> Person:
    """Return the person of a row."""

    def opened(column: str) -> str | None:
        return cipher.open(row[column], column, row["id"])

    return Person(
        id=row["id"],
        programme_id=row["programme_id"],
        locale=row["locale"],
        time_zone=row["time_zone"],
        contact=Contact(
            email=opened("email") or "", phone=opened("phone"), name=opened("name"), pronouns=opened("pronouns")
        ),
        created_at=row["created_at"],
        version=row["version"],
        state=row["state"],
        paused_until=row["paused_until"],
        agreed=frozenset(row["agreed"]),
        mentee=_mentee(row, opened("mentee_words"), opened("referral_code")),
        mentor=_mentor(row, opened("mentor_words"), opened("mentor_hopes")),
    )


def _mentee(row: Row, words: str | None, referral: str | None) -> MenteeSide | None:
    if row["mentee_facts"] is None:
        return None
    return MenteeSide(
        facts=from_json(MenteeFacts, row["mentee_facts"]),
        own_words=words,
        referral_code=referral,
        support=tuple(row["support"]),
        access_needs=tuple(row["mentee_access"]),
        ever_met_a_peer=row["met_a_peer"],
    )


def _mentor(row: Row, words: str | None, hopes: str | None) -> MentorSide | None:
    if row["mentor_facts"] is None:
        return None
    return MentorSide(
        facts=from_json(MentorFacts, row["mentor_facts"]),
        applied_at=row["applied_at"],
        own_words=words,
        hopes=hopes,
        access_needs=tuple(row["mentor_access"]),
    )


def introduction_row(introduction: Introduction, heard_at: datetime) -> dict[str, Any]:
    """Return an introduction as a row."""
    return {
        "match_id": introduction.match_id,
        "programme_id": introduction.programme_id,
        "mentee_id": introduction.mentee_id,
        "mentor_id": introduction.mentor_id,
        "stage": introduction.stage,
        "confirm_by": introduction.confirm_by,
        "reasons": to_json(introduction.reasons),
        "heard_at": heard_at,
    }


def introduction_from_row(row: Row) -> Introduction:
    """Return the introduction of a row."""
    return Introduction(
        match_id=row["match_id"],
        programme_id=row["programme_id"],
        mentee_id=row["mentee_id"],
        mentor_id=row["mentor_id"],
        stage=row["stage"],
        confirm_by=row["confirm_by"],
        reasons=from_json(tuple[Reason, ...], row["reasons"]),
    )


def consent_from_row(row: Row) -> ConsentEntry:
    """Return the consent entry of a row."""
    return ConsentEntry(purpose=row["purpose"], given=row["given"], at=row["at"], wording=row["wording"])


def tombstone_row(tombstone: Tombstone) -> dict[str, Any]:
    """Return a tombstone as a row."""
    return {
        "person_id": tombstone.person_id,
        "programme_id": tombstone.programme_id,
        "version": tombstone.version,
        "asked_at": tombstone.asked_at,
        "confirmed": [[service, at.isoformat()] for service, at in tombstone.confirmed],
    }


def tombstone_from_row(row: Row) -> Tombstone:
    """Return the tombstone of a row."""
    return Tombstone(
        person_id=row["person_id"],
        programme_id=row["programme_id"],
        version=row["version"],
        asked_at=row["asked_at"],
        confirmed=tuple((service, datetime.fromisoformat(at)) for service, at in row["confirmed"]),
    )
