"""The first tables of the matcher.

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
        "apart",
        sa.Column("mentee_id", sa.String(100), nullable=False),
        sa.Column("mentor_id", sa.String(100), nullable=False),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("since", UtcMoment, nullable=False),
        sa.PrimaryKeyConstraint("mentee_id", "mentor_id"),
    )
    op.create_index("ix_apart_mentor_id", "apart", ["mentor_id"])
    op.create_table(
        "forgotten",
        sa.Column("person_hash", sa.String(64), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("at", UtcMoment, nullable=False),
        sa.PrimaryKeyConstraint("person_hash"),
    )
    op.create_table(
        "people",
        sa.Column("person_id", sa.String(100), nullable=False),
        sa.Column("programme_id", sa.String(100), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("locale", sa.String(35), nullable=False),
        sa.Column("standing", sa.String(10), nullable=False),
        sa.Column("paused_until", UtcMoment),
        sa.CheckConstraint("standing IN ('here', 'paused', 'left')", name="people_standing"),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_index("ix_people_programme_id", "people", ["programme_id"])
    op.create_table(
        "programmes",
        sa.Column("programme_id", sa.String(100), nullable=False),
        sa.Column("weights_version", sa.Integer, server_default="1", nullable=False),
        sa.Column("round_fence", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("people_wanted_at", UtcMoment),
        sa.PrimaryKeyConstraint("programme_id"),
    )
    op.create_table(
        "rounds",
        sa.Column("round_id", sa.String(36), nullable=False),
        sa.Column("programme_id", sa.String(100), nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("weights_version", sa.Integer, nullable=False),
        sa.Column("opened_at", UtcMoment, nullable=False),
        sa.Column("applied_at", UtcMoment),
        sa.Column("mentees", sa.Integer, nullable=False),
        sa.Column("mentors", sa.Integer, nullable=False),
        sa.Column("input_hash", sa.String(64)),
        sa.Column("result_hash", sa.String(64)),
        sa.Column("proposed", sa.Integer, nullable=False),
        sa.Column("unmatched", sa.Integer, nullable=False),
        sa.Column("dropped", sa.Integer, nullable=False),
        sa.Column("certificate", json_column()),
        sa.Column("read", sa.LargeBinary),
        sa.Column("result", sa.LargeBinary),
        sa.CheckConstraint("state IN ('open', 'applied', 'given_up')", name="rounds_state"),
        sa.PrimaryKeyConstraint("round_id"),
    )
    op.create_index("rounds_listed", "rounds", ["programme_id", "opened_at", "round_id"])
    op.create_index(
        "rounds_one_open",
        "rounds",
        ["programme_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "weights",
        sa.Column("programme_id", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("settings", json_column(), nullable=False),
        sa.Column("published_at", UtcMoment, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("programme_id", "version"),
    )
    op.create_table(
        "mentees",
        sa.Column("person_id", sa.String(100), nullable=False),
        sa.Column("programme_id", sa.String(100), nullable=False),
        sa.Column("facts", sa.Text),
        sa.Column("waiting_since", UtcMoment, nullable=False),
        sa.Column("minor", sa.Boolean, nullable=False),
        sa.Column("looking", sa.Boolean, nullable=False),
        sa.Column("tries", sa.Integer, server_default="0", nullable=False),
        sa.Column("why", sa.String(40)),
        sa.Column("why_rules", json_column()),
        sa.Column("why_round_id", sa.String(36)),
        sa.Column("risk_told_at", UtcMoment),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("person_id", "programme_id", "minor", name="mentees_rules"),
    )
    op.create_index("mentees_looking", "mentees", ["programme_id", "looking", "waiting_since", "person_id"])
    op.create_table(
        "mentors",
        sa.Column("person_id", sa.String(100), nullable=False),
        sa.Column("programme_id", sa.String(100), nullable=False),
        sa.Column("facts", sa.Text),
        sa.Column("cleared", sa.Boolean, nullable=False),
        sa.Column("askable", sa.Boolean, nullable=False),
        sa.Column("trained_until", sa.Date),
        sa.Column("resting_until", UtcMoment),
        sa.Column("lapses", sa.Integer, server_default="0", nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("ceiling", sa.Integer, nullable=False),
        sa.Column("taken", sa.Integer, server_default="0", nullable=False),
        sa.CheckConstraint("capacity >= 0 AND taken >= 0 AND taken <= ceiling", name="mentors_places"),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("person_id", "programme_id", "cleared", name="mentors_rules"),
    )
    op.create_index("ix_mentors_programme_id", "mentors", ["programme_id"])
    op.create_table(
        "matches",
        sa.Column("match_id", sa.String(36), nullable=False),
        sa.Column("programme_id", sa.String(100), nullable=False),
        sa.Column("mentee_id", sa.String(100)),
        sa.Column("mentor_id", sa.String(100)),
        sa.Column("mentee_minor", sa.Boolean),
        sa.Column("mentor_cleared", sa.Boolean),
        sa.Column("round_id", sa.String(36), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("waiting_since", UtcMoment, nullable=False),
        sa.Column("proposed_at", UtcMoment, nullable=False),
        sa.Column("asked_at", UtcMoment, nullable=False),
        sa.Column("answer_by", UtcMoment),
        sa.Column("remind_at", UtcMoment),
        sa.Column("reminded_at", UtcMoment),
        sa.Column("accepted_at", UtcMoment),
        sa.Column("active_at", UtcMoment),
        sa.Column("ended_at", UtcMoment),
        sa.Column("end_cause", sa.String(20)),
        sa.Column("ended_by", sa.String(10)),
        sa.Column("decline_reason", sa.String(40)),
        sa.Column("note", sa.Text),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("parts", json_column()),
        sa.Column("reasons", json_column()),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="matches_ended"),
        sa.CheckConstraint("(state IN ('proposed', 'accepted')) = (answer_by IS NOT NULL)", name="matches_deadline"),
        sa.CheckConstraint(
            "state = 'ended' OR (mentee_id IS NOT NULL AND mentor_id IS NOT NULL AND mentee_id <> mentor_id"
            " AND mentee_minor IS NOT NULL AND mentor_cleared IS NOT NULL)",
            name="matches_two_people",
        ),
        sa.CheckConstraint("state = 'ended' OR NOT mentee_minor OR mentor_cleared", name="matches_minor"),
        sa.CheckConstraint("state IN ('proposed', 'accepted', 'active', 'ended')", name="matches_state"),
        sa.ForeignKeyConstraint(
            ["mentee_id", "programme_id", "mentee_minor"],
            ["mentees.person_id", "mentees.programme_id", "mentees.minor"],
            name="matches_mentee",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id", "programme_id", "mentor_cleared"],
            ["mentors.person_id", "mentors.programme_id", "mentors.cleared"],
            name="matches_mentor",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("match_id"),
    )
    op.create_index("ix_matches_round_id", "matches", ["round_id"])
    op.create_index(
        "matches_deadlines",
        "matches",
        ["answer_by"],
        sqlite_where=sa.text("state <> 'ended'"),
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_index("matches_listed", "matches", ["programme_id", "proposed_at", "match_id"])
    op.create_index("matches_of_mentee", "matches", ["mentee_id", "proposed_at"])
    op.create_index("matches_of_mentor", "matches", ["mentor_id", "proposed_at"])
    op.create_index(
        "matches_one_live",
        "matches",
        ["mentee_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'ended'"),
        postgresql_where=sa.text("state <> 'ended'"),
    )


def downgrade() -> None:
    for table in ("matches", "mentors", "mentees", "weights", "rounds", "programmes", "people", "forgotten", "apart"):
        op.drop_table(table)
    drop_chassis_tables(op.get_bind())
