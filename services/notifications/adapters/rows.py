"""Map rows to values and back, by hand, in plain functions."""

from typing import Any

import sqlalchemy as sa

from services.notifications.domain import kinds
from services.notifications.domain.delivery import Delivery, State
from services.notifications.domain.match import Match, MatchState
from services.notifications.domain.person import Person
from services.notifications.domain.preferences import Preferences
from services.notifications.ports import DeliverySummary


def person_from_row(row: sa.Row[Any]) -> Person:
    """Return the person, or tombstone, of a row."""
    return Person(
        id=row.person_id,
        programme_id=row.programme_id,
        locale=row.locale,
        time_zone=row.time_zone,
        facts_version=row.facts_version,
        contact_version=row.contact_version,
        mentee=row.mentee,
        mentor=row.mentor,
        approved=row.approved,
        messages_consent=row.messages_consent,
        sealed=row.sealed,
        left=row.gone,
        erased=row.erased,
    )


def person_row(person: Person) -> dict[str, Any]:
    """Return the row of a person (``left`` is an SQL keyword, so the column is named ``gone``)."""
    return {
        "person_id": person.id,
        "programme_id": person.programme_id,
        "locale": person.locale,
        "time_zone": person.time_zone,
        "facts_version": person.facts_version,
        "contact_version": person.contact_version,
        "mentee": person.mentee,
        "mentor": person.mentor,
        "approved": person.approved,
        "messages_consent": person.messages_consent,
        "sealed": person.sealed,
        "gone": person.left,
        "erased": person.erased,
    }


def farewell_from_row(row: sa.Row[Any]) -> Person:
    """Return an erased person with what their last mail needs."""
    return Person(
        id=row.person_id,
        programme_id=row.programme_id,
        locale=row.locale,
        time_zone=row.time_zone,
        sealed=row.sealed,
    )


def match_from_row(row: sa.Row[Any]) -> Match:
    """Return the match of a row."""
    return Match(
        id=row.match_id,
        programme_id=row.programme_id,
        mentee_id=row.mentee_id,
        mentor_id=row.mentor_id,
        state=MatchState(row.state),
        answer_until=row.answer_until,
    )


def match_row(match: Match) -> dict[str, Any]:
    """Return the row of a match, without ``changed_at``."""
    return {
        "match_id": match.id,
        "programme_id": match.programme_id,
        "mentee_id": match.mentee_id,
        "mentor_id": match.mentor_id,
        "state": match.state.value,
        "answer_until": match.answer_until,
    }


def preferences_from_row(row: sa.Row[Any]) -> Preferences:
    """Return the preferences of a row."""
    return Preferences(
        person_id=row.person_id,
        version=row.version,
        helpful=row.helpful,
        pace=row.pace,
        quiet_hours=row.quiet_hours,
    )


def delivery_from_row(row: sa.Row[Any]) -> Delivery:
    """Return the delivery of a row, with ``tries`` and ``sending_since`` from its attempts."""
    return Delivery(
        id=row.id,
        programme_id=row.programme_id,
        person_id=row.person_id or "",
        kind=kinds.BY_NAME[row.kind],
        subject=row.subject or "",
        sequence=row.sequence,
        state=State(row.state),
        lapses_at=row.lapses_at,
        created_at=row.created_at,
        needs=MatchState(row.needs) if row.needs else None,
        facts=row.facts or {},
        tries=row.tries,
        sending_since=row.sending_since,
    )


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """Return the row of a new delivery."""
    return {
        "id": delivery.id,
        "programme_id": delivery.programme_id,
        "person_id": delivery.person_id,
        "kind": delivery.kind.name,
        "subject": delivery.subject,
        "sequence": delivery.sequence,
        "state": delivery.state.value,
        "cause": "",
        "needs": delivery.needs.value if delivery.needs else None,
        "facts": dict(delivery.facts),
        "locale": "",
        "channel": "",
        "lapses_at": delivery.lapses_at,
        "created_at": delivery.created_at,
    }


def summary_from_row(row: sa.Row[Any]) -> DeliverySummary:
    """Return a delivery as the admin's list shows it."""
    return DeliverySummary(
        id=row.id,
        person_id=row.person_id,
        kind=row.kind,
        subject=row.subject,
        state=row.state,
        cause=row.cause,
        locale=row.locale,
        channel=row.channel,
        tries=row.tries,
        unclear_tries=row.unclear,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )
