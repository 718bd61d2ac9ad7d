"""Store which sessions ended before their access tokens expire.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

from services.chassis.storage.migrations import create_ended_sessions, drop_ended_sessions

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    create_ended_sessions(op.get_bind())


def downgrade() -> None:
    drop_ended_sessions(op.get_bind())
