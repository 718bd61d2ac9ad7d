"""Store reports in a table: one row per programme and kind."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from services.chassis.storage.database import conflict_insert
from services.chassis.storage.unit_of_work import Transaction
from services.matcher.adapters import tables as t
from services.matcher.domain.records import Report

_R = t.reports.c


class ReportsStore:
    """See ``ports.Reports``."""

    def __init__(self, tx: Transaction) -> None:
        self._now = tx.now
        self._connection = tx.connection

    def get(self, programme_id: str, kind: str) -> Report | None:
        """Return the report, or None when it was never requested."""
        query = sa.select(t.reports).where(_R.programme_id == programme_id, _R.kind == kind)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return Report(asked_at=row.asked_at, made_at=row.made_at, content=row.content)

    def ask(self, programme_id: str, kind: str) -> None:
        """Record that a report is requested now; the last one stays until the next is made."""
        self._upsert(programme_id, kind, {"asked_at": self._now}, {})

    def keep(self, programme_id: str, kind: str, content: Mapping[str, Any]) -> None:
        """Store a report that was made now."""
        self._upsert(programme_id, kind, {"made_at": self._now, "content": dict(content)}, {"asked_at": self._now})

    def _upsert(self, programme_id: str, kind: str, values: dict[str, Any], new: dict[str, Any]) -> None:
        insert = conflict_insert(self._connection, t.reports).values(
            programme_id=programme_id, kind=kind, **values, **new
        )
        changed = {name: insert.excluded[name] for name in values}
        self._connection.execute(insert.on_conflict_do_update(index_elements=[_R.programme_id, _R.kind], set_=changed))
