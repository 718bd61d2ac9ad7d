"""Reports in memory: see ``adapters/reports_store.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.matcher.domain.records import Report
from tests.matcher.memory.state import Aggregate


class MemoryReports(Aggregate):
    def get(self, programme_id: str, kind: str) -> Report | None:
        return self.state.reports.get((programme_id, kind))

    def ask(self, programme_id: str, kind: str) -> None:
        before = self.get(programme_id, kind)
        self.state.reports[programme_id, kind] = (
            replace(before, asked_at=self.now) if before else Report(asked_at=self.now)
        )

    def keep(self, programme_id: str, kind: str, content: Mapping[str, Any]) -> None:
        before = self.get(programme_id, kind) or Report(asked_at=self.now)
        self.state.reports[programme_id, kind] = replace(before, made_at=self.now, content=content)
