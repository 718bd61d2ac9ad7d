"""People, consents, sign-in requests, introductions, waits, tombstones, and the chassis' tables.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

from services.chassis.storage.columns import UtcMoment, json_column, serial_column
from services.chassis.storage.migrations import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(36)


def upgrade() -> None:
    create_chassis_tables(op.get_bind())
    op.create_table(
        "people",
        sa.Column("id", ID, primary_key=True),
        sa.Column("programme_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("paused_until", UtcMoment),
        sa.Column("locale", sa.String(35), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("agreed", json_column(), nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_index", sa.String(64), nullable=False),
        sa.Column("phone", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("pronouns", sa.Text),
        sa.Column("mentee_facts", json_column()),
        sa.Column("mentee_words", sa.Text),
        sa.Column("referral_code", sa.Text),
        sa.Column("support", json_column(), nullable=False),
        sa.Column("mentee_access", json_column(), nullable=False),
        sa.Column("met_a_peer", sa.Boolean),
        sa.Column("mentor_facts", json_column()),
        sa.Column("mentor_words", sa.Text),
        sa.Column("mentor_hopes", sa.Text),
        sa.Column("mentor_access", json_column(), nullable=False),
        sa.Column("mentor_status", sa.String(16)),
        sa.Column("applied_at", UtcMoment),
        sa.Column("created_at", UtcMoment, nullable=False),
        sa.UniqueConstraint("programme_id", "email_index", name="people_one_per_address"),
        sa.CheckConstraint("state IN ('active', 'paused', 'left')", name="people_state"),
        sa.CheckConstraint("mentee_facts IS NOT NULL OR mentor_facts IS NOT NULL", name="people_some_role"),
    )
    op.create_index("people_by_programme", "people", ["programme_id", "id"])
    op.create_index("people_mentors", "people", ["programme_id", "mentor_status", "applied_at", "id"])
    op.create_table(
        "consents",
        sa.Column("seq", serial_column(), primary_key=True, autoincrement=True),
        _of_person("person_id"),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("wording", sa.String(32), nullable=False),
        sa.Column("at", UtcMoment, nullable=False),
    )
    op.create_table(
        "sign_in_links",
        sa.Column("request_id", ID, primary_key=True),
        _of_person("person_id"),
        sa.Column("asked_at", UtcMoment, nullable=False),
        sa.Column("expires_at", UtcMoment, nullable=False),
        sa.Column("used_at", UtcMoment),
    )
    op.create_table(
        "introductions",
        sa.Column("match_id", ID, primary_key=True),
        sa.Column("programme_id", sa.String(64), nullable=False),
        _of_person("mentee_id"),
        _of_person("mentor_id"),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("confirm_by", UtcMoment),
        sa.Column("reasons", json_column(), nullable=False),
        sa.Column("heard_at", UtcMoment, nullable=False),
        sa.CheckConstraint("stage IN ('accepted', 'active', 'ended')", name="introductions_stage"),
    )
    op.create_table(
        "waits",
        sa.Column("match_id", ID, primary_key=True),
        sa.Column("programme_id", sa.String(64), nullable=False),
        sa.Column("seconds", sa.Integer, nullable=False),
        sa.Column("at", UtcMoment, nullable=False),
    )
    op.create_index("waits_recent", "waits", ["programme_id", "at"])
    op.create_table(
        "tombstones",
        sa.Column("person_id", ID, primary_key=True),
        sa.Column("programme_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("asked_at", UtcMoment, nullable=False),
        sa.Column("confirmed", json_column(), nullable=False),
    )
    for table, column in (
        ("consents", "person_id"),
        ("sign_in_links", "person_id"),
        ("introductions", "mentee_id"),
        ("introductions", "mentor_id"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _of_person(name: str) -> sa.Column[str]:
    return sa.Column(name, ID, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False)


def downgrade() -> None:
    for table in ("tombstones", "waits", "introductions", "sign_in_links", "consents", "people"):
        op.drop_table(table)
    drop_chassis_tables(op.get_bind())
