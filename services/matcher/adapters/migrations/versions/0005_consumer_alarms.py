"""A consumer remembers per partition how many dead letters came in a row, and the alarm that stands.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

from services.chassis.storage.migrations import create_consumer_partitions, drop_consumer_partitions

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    create_consumer_partitions(op.get_bind())


def downgrade() -> None:
    drop_consumer_partitions(op.get_bind())
