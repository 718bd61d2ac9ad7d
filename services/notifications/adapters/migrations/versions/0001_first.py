"""The first tables of notifications.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from services.chassis.storage.columns import UtcMoment, json_column
from services.chassis.storage.migrations import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op.get_bind())
    op.create_table(
        "people",
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
    op.create_table(
        "preferences",
        sa.Column("person_id", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("pace", sa.String(20), nullable=False),
        sa.Column("quiet_hours", sa.String(20)),
    )
    op.create_table(
        "matches",
        sa.Column("match_id", sa.String(64), primary_key=True),
        sa.Column("programme_id", sa.String(64), nullable=False),
        sa.Column("mentee_id", sa.String(64), nullable=False),
        sa.Column("mentor_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("answer_until", UtcMoment),
        sa.Column("changed_at", UtcMoment, nullable=False),
    )
    op.create_index("ix_matches_mentee_id", "matches", ["mentee_id"])
    op.create_index("ix_matches_mentor_id", "matches", ["mentor_id"])
    _deliveries()
    op.create_table(
        "asked",
        sa.Column("programme_id", sa.String(64), primary_key=True),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("at", UtcMoment, nullable=False),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("programme_id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(64)),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(64)),
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
    )
    op.create_index("ix_deliveries_subject", "deliveries", ["subject"])
    op.create_index("deliveries_newest", "deliveries", ["programme_id", "created_at", "id"])
    still_open = sa.text("settled_at IS NULL")
    op.create_index(
        "deliveries_open", "deliveries", ["lapses_at"], sqlite_where=still_open, postgresql_where=still_open
    )
    op.create_table(
        "attempts",
        sa.Column("delivery_id", sa.String(36), sa.ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("begun_at", UtcMoment, nullable=False),
        sa.Column("ended_at", UtcMoment),
        sa.Column("ending", sa.String(20)),
        sa.Column("cause", sa.String(60), nullable=False),
    )
    op.create_table(
        "farewells",
        sa.Column("delivery_id", sa.String(36), sa.ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("person_id", sa.String(64), nullable=False, unique=True),
        sa.Column("programme_id", sa.String(64), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("locale", sa.String(35), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for table in ("asked", "farewells", "attempts", "deliveries", "matches", "preferences", "people"):
        op.drop_table(table)
    drop_chassis_tables(op.get_bind())
