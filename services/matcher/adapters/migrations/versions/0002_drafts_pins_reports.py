"""Drafts of weights, pins and blocks, reports; and what a live match takes of a mentor's hours.

A live match of a blocked pair is refused by the database itself, alike on both.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from services.chassis.storage.columns import UtcMoment, json_column
from services.chassis.storage.database import is_sqlite

revision = "0002"
down_revision = "0001"

_BLOCKED = "SELECT 1 FROM pair_rules WHERE kind = 'block' AND mentee_id = NEW.mentee_id AND mentor_id = NEW.mentor_id"
_SQLITE = f"""
CREATE TRIGGER matches_not_blocked BEFORE INSERT ON matches
WHEN NEW.state <> 'ended' AND EXISTS ({_BLOCKED})
BEGIN SELECT RAISE(ABORT, 'these two are kept apart'); END
"""
_POSTGRES_FUNCTION = f"""
CREATE FUNCTION refuse_blocked_match() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> 'ended' AND EXISTS ({_BLOCKED}) THEN
    RAISE EXCEPTION 'these two are kept apart' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""
_POSTGRES = "CREATE TRIGGER matches_not_blocked BEFORE INSERT ON matches FOR EACH ROW EXECUTE FUNCTION {}()"


def upgrade() -> None:
    op.add_column("matches", sa.Column("request_shape", sa.String(40)))
    op.create_table(
        "weights_drafts",
        sa.Column("programme_id", sa.String(100), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("based_on", sa.Integer, nullable=False),
        sa.Column("settings", json_column(), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("saved_at", UtcMoment, nullable=False),
        sa.PrimaryKeyConstraint("programme_id"),
    )
    op.create_table(
        "pair_rules",
        sa.Column("mentee_id", sa.String(100), nullable=False),
        sa.Column("mentor_id", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("programme_id", sa.String(100), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", UtcMoment, nullable=False),
        sa.ForeignKeyConstraint(["mentee_id"], ["mentees.person_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentors.person_id"], ondelete="CASCADE"),
        sa.CheckConstraint("kind IN ('pin', 'block')", name="pair_rules_kind"),
        sa.PrimaryKeyConstraint("mentee_id", "mentor_id"),
    )
    op.create_index("ix_pair_rules_mentor_id", "pair_rules", ["mentor_id"])
    op.create_index("pair_rules_listed", "pair_rules", ["programme_id", "kind", "since", "mentee_id"])
    op.create_index(
        "pair_rules_one_pin",
        "pair_rules",
        ["mentee_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'pin'"),
        postgresql_where=sa.text("kind = 'pin'"),
    )
    op.create_table(
        "reports",
        sa.Column("programme_id", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("asked_at", UtcMoment, nullable=False),
        sa.Column("made_at", UtcMoment),
        sa.Column("content", json_column()),
        sa.PrimaryKeyConstraint("programme_id", "kind"),
    )
    _refuse_blocked_matches()


def _refuse_blocked_matches() -> None:
    if is_sqlite(op.get_bind()):
        op.execute(_SQLITE)
    else:
        op.execute(_POSTGRES_FUNCTION)
        op.execute(_POSTGRES.format("refuse_blocked_match"))


def downgrade() -> None:
    if is_sqlite(op.get_bind()):
        op.execute("DROP TRIGGER matches_not_blocked")
    else:
        op.execute("DROP TRIGGER matches_not_blocked ON matches")
        op.execute("DROP FUNCTION refuse_blocked_match()")
    for table in ("reports", "pair_rules", "weights_drafts"):
        op.drop_table(table)
    op.drop_column("matches", "request_shape")
