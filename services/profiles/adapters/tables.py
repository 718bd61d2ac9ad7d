"""The tables of profiles. A column's ``info`` gives its class, its purpose, its retention and its fate on erasure.

``sealed`` columns hold AES-256-GCM texts bound to their column and person; ``health`` columns hold coded facts.
"""

import sqlalchemy as sa

from services.chassis.storage.columns import UtcMoment, json_column, serial_column
from services.chassis.storage.sealed_columns import SealedColumns
from services.chassis.storage.tables import chassis_tables

METADATA = sa.MetaData()
CHASSIS = chassis_tables(METADATA)

ID = sa.String(36)


def _tag(kind: str, purpose: str, *, erase: str = "row", export: bool = True) -> dict[str, object]:
    return {"class": kind, "purpose": purpose, "retention": "until erased", "erase": erase, "export": export}


_ID = _tag("id", "to name it")
_FACT = _tag("health", "matching")
_SEALED = _tag("sealed", "contact and introduction")
_STATE = _tag("state", "the person's place in the programme")
_TRACE = _tag("trace", "to show that it was erased", erase="kept", export=False)
_HASH = _tag("hash", "to verify a refresh token", export=False)
_SYSTEM = _tag("state", "access of the programme's own systems", erase="kept", export=False)

people = sa.Table(
    "people",
    METADATA,
    sa.Column("id", ID, primary_key=True, info=_ID),
    sa.Column("programme_id", sa.String(64), nullable=False, info=_ID),
    sa.Column("version", sa.Integer, nullable=False, info=_STATE),
    sa.Column("state", sa.String(16), nullable=False, info=_STATE),
    sa.Column("paused_until", UtcMoment, info=_STATE),
    sa.Column("locale", sa.String(35), nullable=False, info=_STATE),
    sa.Column("time_zone", sa.String(64), nullable=False, info=_STATE),
    sa.Column("agreed", json_column(), nullable=False, info=_STATE),
    sa.Column("email", sa.Text, nullable=False, info=_SEALED),
    sa.Column("email_index", sa.String(64), nullable=False, info=_tag("blind index", "sign-in", export=False)),
    sa.Column("phone", sa.Text, info=_SEALED),
    sa.Column("name", sa.Text, info=_SEALED),
    sa.Column("pronouns", sa.Text, info=_SEALED),
    sa.Column("mentee_facts", json_column(), info=_FACT),
    sa.Column("mentee_words", sa.Text, info=_SEALED),
    sa.Column("referral_code", sa.Text, info=_SEALED),
    sa.Column("support", json_column(), nullable=False, info=_FACT),
    sa.Column("mentee_access", json_column(), nullable=False, info=_FACT),
    sa.Column("met_a_peer", sa.Boolean, info=_FACT),
    sa.Column("mentor_facts", json_column(), info=_FACT),
    sa.Column("mentor_words", sa.Text, info=_SEALED),
    sa.Column("mentor_hopes", sa.Text, info=_SEALED),
    sa.Column("mentor_access", json_column(), nullable=False, info=_FACT),
    sa.Column("mentor_status", sa.String(16), info=_STATE),
    sa.Column("applied_at", UtcMoment, info=_STATE),
    sa.Column("created_at", UtcMoment, nullable=False, info=_STATE),
    sa.UniqueConstraint("programme_id", "email_index", name="people_one_per_address"),
    sa.CheckConstraint("state IN ('active', 'paused', 'left')", name="people_state"),
    sa.CheckConstraint("mentee_facts IS NOT NULL OR mentor_facts IS NOT NULL", name="people_some_role"),
)
sa.Index("people_by_programme", people.c.programme_id, people.c.id)

SEALED = SealedColumns(
    people,
    "id",
    tuple(column.name for column in people.columns if column.info["class"] == "sealed"),
    lambda column, person_id: f"people:{column}:{person_id}",
)
"""The sealed texts of people, for ``ops keys``."""
sa.Index("people_mentors", people.c.programme_id, people.c.mentor_status, people.c.applied_at, people.c.id)

consents = sa.Table(
    "consents",
    METADATA,
    sa.Column("seq", serial_column(), primary_key=True, autoincrement=True, info=_ID),
    sa.Column("person_id", ID, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True, info=_ID),
    sa.Column("purpose", sa.String(32), nullable=False, info=_STATE),
    sa.Column("given", sa.Boolean, nullable=False, info=_STATE),
    sa.Column("wording", sa.String(32), nullable=False, info=_STATE),
    sa.Column("at", UtcMoment, nullable=False, info=_STATE),
)

sign_in_links = sa.Table(
    "sign_in_links",
    METADATA,
    sa.Column("request_id", ID, primary_key=True, info=_ID),
    sa.Column("person_id", ID, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True, info=_ID),
    sa.Column("asked_at", UtcMoment, nullable=False, info=_STATE),
    sa.Column("expires_at", UtcMoment, nullable=False, info=_STATE),
    sa.Column("used_at", UtcMoment, info=_STATE),
)

sessions = sa.Table(
    "sessions",
    METADATA,
    sa.Column("id", ID, primary_key=True, info=_ID),
    sa.Column("programme_id", sa.String(64), nullable=False, info=_ID),
    sa.Column("person_id", ID, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True, info=_ID),
    sa.Column("client", sa.String(16), nullable=False, info=_STATE),
    sa.Column("started_at", UtcMoment, nullable=False, info=_STATE),
    sa.Column("authenticated_at", UtcMoment, nullable=False, info=_STATE),
    sa.Column("second_factor_at", UtcMoment, info=_STATE),
    sa.Column("renewed_at", UtcMoment, nullable=False, info=_STATE),
    sa.Column("expires_at", UtcMoment, nullable=False, info=_STATE),
    sa.Column("ended_at", UtcMoment, info=_STATE),
    sa.Column("secret_hash", sa.String(64), nullable=False, info=_HASH),
    sa.Column("previous_hash", sa.String(64), info=_HASH),
)

api_keys = sa.Table(
    "api_keys",
    METADATA,
    sa.Column("id", ID, primary_key=True, info=_SYSTEM),
    sa.Column("programme_id", sa.String(64), nullable=False, index=True, info=_SYSTEM),
    sa.Column("name", sa.String(80), nullable=False, info=_SYSTEM),
    sa.Column("permissions", json_column(), nullable=False, info=_SYSTEM),
    sa.Column("part", sa.String(64), info=_SYSTEM),
    sa.Column("secret_hash", sa.String(64), nullable=False, info=_SYSTEM),
    sa.Column("created_at", UtcMoment, nullable=False, info=_SYSTEM),
    sa.Column("created_by", sa.String(200), nullable=False, info=_SYSTEM),
    sa.Column("expires_at", UtcMoment, nullable=False, info=_SYSTEM),
    sa.Column("last_used_at", UtcMoment, info=_SYSTEM),
    sa.Column("revoked_at", UtcMoment, info=_SYSTEM),
)

introductions = sa.Table(
    "introductions",
    METADATA,
    sa.Column("match_id", ID, primary_key=True, info=_ID),
    sa.Column("programme_id", sa.String(64), nullable=False, info=_ID),
    sa.Column("mentee_id", ID, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True, info=_ID),
    sa.Column("mentor_id", ID, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True, info=_ID),
    sa.Column("stage", sa.String(16), nullable=False, info=_STATE),
    sa.Column("confirm_by", UtcMoment, info=_STATE),
    sa.Column("reasons", json_column(), nullable=False, info=_FACT),
    sa.Column("heard_at", UtcMoment, nullable=False, info=_STATE),
    sa.CheckConstraint("stage IN ('accepted', 'active', 'ended')", name="introductions_stage"),
)

waits = sa.Table(
    "waits",
    METADATA,
    sa.Column("match_id", ID, primary_key=True, info=_TRACE),
    sa.Column("programme_id", sa.String(64), nullable=False, info=_TRACE),
    sa.Column("seconds", sa.Integer, nullable=False, info=_TRACE),
    sa.Column("at", UtcMoment, nullable=False, info=_TRACE),
)
sa.Index("waits_recent", waits.c.programme_id, waits.c.at)

tombstones = sa.Table(
    "tombstones",
    METADATA,
    sa.Column("person_id", ID, primary_key=True, info=_TRACE),
    sa.Column("programme_id", sa.String(64), nullable=False, info=_TRACE),
    sa.Column("version", sa.Integer, nullable=False, info=_TRACE),
    sa.Column("asked_at", UtcMoment, nullable=False, info=_TRACE),
    sa.Column("confirmed", json_column(), nullable=False, info=_TRACE),
)
