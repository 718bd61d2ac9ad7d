"""What rounds have in common is stored once: rounds hold the numbers of chunks of their texts.

A text that was stored whole becomes one chunk; chunks of the rounds to come are smaller.

Revision ID: 0006
Revises: 0005
"""

import json
import zlib
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

from services.chassis.storage.columns import serial_column

revision = "0006"
down_revision = "0005"

_rounds = sa.table(
    "rounds",
    sa.column("round_id", sa.String),
    sa.column("programme_id", sa.String),
    sa.column("read", sa.LargeBinary),
    sa.column("result", sa.LargeBinary),
)
_chunks = sa.table(
    "round_chunks",
    sa.column("chunk_id", sa.BigInteger),
    sa.column("programme_id", sa.String),
    sa.column("digest", sa.String),
    sa.column("content", sa.LargeBinary),
)


def upgrade() -> None:
    op.create_table(
        "round_chunks",
        sa.Column("chunk_id", serial_column(), autoincrement=True, nullable=False),
        sa.Column("programme_id", sa.String(100), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("chunk_id"),
        sa.UniqueConstraint("programme_id", "digest", name="round_chunks_once"),
    )
    _convert(_as_chunk)


def downgrade() -> None:
    _convert(_as_whole)
    op.drop_table("round_chunks")


def _convert(convert: Any) -> None:
    """Change what each round holds, one round at a time: it may be of thousands of people."""
    connection = op.get_bind()
    kept = sa.select(_rounds.c.round_id).where(_rounds.c.read.is_not(None) | _rounds.c.result.is_not(None))
    for round_id in connection.scalars(kept.order_by(_rounds.c.round_id)).all():
        this = _rounds.c.round_id == round_id
        row = connection.execute(sa.select(_rounds).where(this)).one()
        held = {
            name: convert(connection, row.programme_id, part) if part is not None else None
            for name, part in (("read", row.read), ("result", row.result))
        }
        connection.execute(_rounds.update().where(this).values(held))


def _as_chunk(connection: sa.Connection, programme_id: str, whole: bytes) -> bytes:
    digest = sha256(zlib.decompress(whole)).hexdigest()
    this = (_chunks.c.programme_id == programme_id) & (_chunks.c.digest == digest)
    number = connection.scalar(sa.select(_chunks.c.chunk_id).where(this))
    if number is None:
        insert = _chunks.insert().values(programme_id=programme_id, digest=digest, content=whole)
        number = connection.scalar(insert.returning(_chunks.c.chunk_id))
    return zlib.compress(json.dumps([number]).encode())


def _as_whole(connection: sa.Connection, _programme_id: str, held: bytes) -> bytes:
    numbers = json.loads(zlib.decompress(held))
    contents = [
        connection.execute(sa.select(_chunks.c.content).where(_chunks.c.chunk_id == number)).scalar_one()
        for number in numbers
    ]
    texts = [zlib.decompress(content) for content in contents]
    return zlib.compress(b"".join(texts), level=1)
