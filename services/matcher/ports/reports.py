"""Reports that a worker makes and the doors show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from services.matcher.domain.records import Report


class Reports(Protocol):
    """The last report of each kind and programme."""

    def get(self, programme_id: str, kind: str) -> Report | None:
        """The report, or None when it was never asked for."""

    def ask(self, programme_id: str, kind: str) -> None:
        """Note that a report is asked for now; the last one made stays until the next is there."""

    def keep(self, programme_id: str, kind: str, content: Mapping[str, Any]) -> None:
        """Keep a report that was made now."""
