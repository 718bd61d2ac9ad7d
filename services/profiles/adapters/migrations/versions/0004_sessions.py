"""Store sessions and API keys.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from services.chassis.storage.columns import UtcMoment, json_column

revision = "0004"
down_revision = "0003"

ID = sa.String(36)


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("programme_id", sa.String(64), nullable=False),
        sa.Column("person_id", ID, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("client", sa.String(16), nullable=False),
        sa.Column("started_at", UtcMoment, nullable=False),
        sa.Column("authenticated_at", UtcMoment, nullable=False),
        sa.Column("second_factor_at", UtcMoment),
        sa.Column("renewed_at", UtcMoment, nullable=False),
        sa.Column("expires_at", UtcMoment, nullable=False),
        sa.Column("ended_at", UtcMoment),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("previous_hash", sa.String(64)),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", ID, primary_key=True),
        sa.Column("programme_id", sa.String(64), nullable=False, index=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("permissions", json_column(), nullable=False),
        sa.Column("part", sa.String(64)),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("created_at", UtcMoment, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("expires_at", UtcMoment, nullable=False),
        sa.Column("last_used_at", UtcMoment),
        sa.Column("revoked_at", UtcMoment),
    )


def downgrade() -> None:
    op.drop_table("api_keys")
    op.drop_table("sessions")
