"""The port for reports, which a worker makes and the API shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from services.matcher.domain.records import Report


class Reports(Protocol):
    """The last report of each kind and programme."""

    def get(self, programme_id: str, kind: str) -> Report | None:
        """Return the report, or None when it was never requested."""

    def ask(self, programme_id: str, kind: str) -> None:
        """Record that a report is requested now; the last one stays until the next is made."""

    def keep(self, programme_id: str, kind: str, content: Mapping[str, Any]) -> None:
        """Store a report that was made now."""
