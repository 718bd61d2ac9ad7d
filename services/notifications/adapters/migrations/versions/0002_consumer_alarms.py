"""Store per partition how many dead letters came in a row, and the current alarm.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

from services.chassis.storage.migrations import create_consumer_partitions, drop_consumer_partitions

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_consumer_partitions(op.get_bind())


def downgrade() -> None:
    drop_consumer_partitions(op.get_bind())
