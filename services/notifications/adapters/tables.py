"""The tables of notifications, with those of the chassis. Contacts are sealed; no other column is personal text."""

import sqlalchemy as sa

from services.chassis.storage.columns import UtcMoment, json_column
from services.chassis.storage.sealed_columns import SealedColumns
from services.chassis.storage.tables import chassis_tables

metadata = sa.MetaData()
chassis = chassis_tables(metadata)

people = sa.Table(
    "people",
    metadata,
    sa.Column("person_id", sa.String(64), primary_key=True),
    sa.Column("programme_id", sa.String(64), nullable=False),
    sa.Column("locale", sa.String(35), nullable=False),
    sa.Column("time_zone", sa.String(64), nullable=False),
    sa.Column("facts_version", sa.BigInteger, nullable=False),
    sa.Column("contact_version", sa.BigInteger, nullable=False),
    sa.Column("mentee", sa.Boolean, nullable=False),
    sa.Column("mentor", sa.Boolean, nullable=False),
    sa.Column("approved", sa.Boolean, nullable=False),
    sa.Column("messages_consent", sa.Boolean, nullable=False),
    sa.Column("sealed", sa.Text),
    sa.Column("gone", sa.Boolean, nullable=False),
    sa.Column("erased", sa.Boolean, nullable=False),
    sa.CheckConstraint("NOT (erased AND sealed IS NOT NULL)", name="people_erased_have_no_contact"),
)

preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("person_id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("pace", sa.String(20), nullable=False),
    sa.Column("quiet_hours", sa.String(20)),
)

matches = sa.Table(
    "matches",
    metadata,
    sa.Column("match_id", sa.String(64), primary_key=True),
    sa.Column("programme_id", sa.String(64), nullable=False),
    sa.Column("mentee_id", sa.String(64), nullable=False, index=True),
    sa.Column("mentor_id", sa.String(64), nullable=False, index=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("answer_until", UtcMoment),
    sa.Column("changed_at", UtcMoment, nullable=False),
)

# Of an erased person's deliveries only the count stays: person and subject become NULL.
deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("programme_id", sa.String(64), nullable=False),
    sa.Column("person_id", sa.String(64)),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(64), index=True),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("cause", sa.String(60), nullable=False),
    sa.Column("needs", sa.String(20)),
    sa.Column("facts", json_column()),
    sa.Column("locale", sa.String(35), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("lapses_at", UtcMoment, nullable=False),
    sa.Column("created_at", UtcMoment, nullable=False),
    sa.Column("settled_at", UtcMoment),
    sa.UniqueConstraint("person_id", "kind", "subject", "sequence", name="deliveries_each_once"),
    sa.Index("deliveries_newest", "programme_id", "created_at", "id"),
)
_open = deliveries.c.settled_at.is_(None)
sa.Index("deliveries_open", deliveries.c.lapses_at, sqlite_where=_open, postgresql_where=_open)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("delivery_id", sa.String(36), sa.ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("begun_at", UtcMoment, nullable=False),
    sa.Column("ended_at", UtcMoment),
    sa.Column("ending", sa.String(20)),
    sa.Column("cause", sa.String(60), nullable=False),
)

farewells = sa.Table(
    "farewells",
    metadata,
    sa.Column("delivery_id", sa.String(36), sa.ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("person_id", sa.String(64), nullable=False, unique=True),
    sa.Column("programme_id", sa.String(64), nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("locale", sa.String(35), nullable=False),
    sa.Column("time_zone", sa.String(64), nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
)

asked = sa.Table(
    "asked",
    metadata,
    sa.Column("programme_id", sa.String(64), primary_key=True),
    sa.Column("request_id", sa.String(36), nullable=False),
    sa.Column("at", UtcMoment, nullable=False),
)

SEALED = (
    SealedColumns(people, "person_id", ("sealed",), lambda _, person_id: f"contact:{person_id}"),
    SealedColumns(farewells, "person_id", ("sealed",), lambda _, person_id: f"contact:{person_id}"),
)
"""The sealed contacts, for ``ops keys``."""
