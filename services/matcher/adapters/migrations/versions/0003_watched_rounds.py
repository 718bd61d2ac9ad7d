"""Rounds can be watched, cancelled, and held until an admin has looked at them.

Revision ID: 0003
Revises: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_BEFORE = "state IN ('open', 'applied', 'given_up')"
_NOW = "state IN ('open', 'review', 'applied', 'given_up', 'cancelled', 'dropped')"
_MODES = "round_mode IN ('rolling', 'review')"
_COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {"prices": sa.LargeBinary(), "step": sa.String(20), "share": sa.Float()}


def upgrade() -> None:
    op.drop_index("rounds_one_open", "rounds")
    with op.batch_alter_table("rounds") as rounds:
        for name, kind in _COLUMNS.items():
            rounds.add_column(sa.Column(name, kind))
        rounds.drop_constraint("rounds_state", type_="check")
        rounds.create_check_constraint("rounds_state", _NOW)
    _one_open("state IN ('open', 'review')")
    with op.batch_alter_table("programmes") as programmes:
        programmes.add_column(sa.Column("round_mode", sa.String(10), nullable=False, server_default="rolling"))
        programmes.create_check_constraint("programmes_round_mode", _MODES)


def downgrade() -> None:
    op.execute("UPDATE rounds SET state = 'given_up' WHERE state IN ('review', 'cancelled', 'dropped')")
    op.drop_index("rounds_one_open", "rounds")
    with op.batch_alter_table("rounds") as rounds:
        for name in _COLUMNS:
            rounds.drop_column(name)
        rounds.drop_constraint("rounds_state", type_="check")
        rounds.create_check_constraint("rounds_state", _BEFORE)
    _one_open("state = 'open'")
    with op.batch_alter_table("programmes") as programmes:
        programmes.drop_constraint("programmes_round_mode", type_="check")
        programmes.drop_column("round_mode")


def _one_open(states: str) -> None:
    where = sa.text(states)
    op.create_index(
        "rounds_one_open", "rounds", ["programme_id"], unique=True, sqlite_where=where, postgresql_where=where
    )
