"""Columns with sealed texts: count them by key, and seal them again with the current key.

Source of the format: ``identity/encryption``; a sealed text begins with the id of its key and a dot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from services.chassis.identity.encryption import FieldCipher
from services.chassis.storage.database import for_update


@dataclass(frozen=True)
class SealedColumns:
    """The sealed columns of a table; ``context(column, id)`` is what a text is bound to, ``id_column`` its row."""

    table: sa.Table
    id_column: str
    columns: tuple[str, ...]
    context: Callable[[str, str], str]


def count_by_key(connection: sa.Connection, sealed: Sequence[SealedColumns]) -> Counter[str]:
    """Return the number of sealed texts per key id."""
    counts: Counter[str] = Counter()
    for part in sealed:
        for name in part.columns:
            column = part.table.c[name]
            for text in connection.scalars(sa.select(column).where(column.is_not(None))):
                counts[text.partition(".")[0]] += 1
    return counts


def reseal_batch(connection: sa.Connection, sealed: SealedColumns, cipher: FieldCipher, limit: int = 100) -> int:
    """Seal up to ``limit`` rows with older keys again, in the caller's transaction; return how many rows.

    0 means that every text is sealed with the current key. Raises SealBroken when a text does not open.
    """
    columns = [sealed.table.c[name] for name in sealed.columns]
    row_id = sealed.table.c[sealed.id_column]
    current = f"{cipher.current_key}."
    old = sa.or_(*(column.is_not(None) & ~column.startswith(current, autoescape=True) for column in columns))
    rows = connection.execute(for_update(sa.select(row_id, *columns).where(old).order_by(row_id).limit(limit))).all()
    for row in rows:
        texts = {
            name: cipher.reseal(text, sealed.context(name, row[0]))
            for name, text in zip(sealed.columns, row[1:], strict=True)
            if text is not None and not text.startswith(current)
        }
        connection.execute(sealed.table.update().where(row_id == row[0]).values(texts))
    return len(rows)
