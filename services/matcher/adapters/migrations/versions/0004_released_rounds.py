"""A round remembers when an admin released it: its alternates were looked at then, too.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from services.chassis.storage.columns import UtcMoment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("rounds", sa.Column("released_at", UtcMoment))


def downgrade() -> None:
    op.drop_column("rounds", "released_at")
