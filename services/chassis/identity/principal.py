"""The authenticated caller of a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["anonymous", "person", "admin", "service"]


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of a request, from a verified token; ``programme`` limits everything the caller may see."""

    kind: Kind
    person_id: str | None
    programme: str
    roles: tuple[str, ...] = ()

    @property
    def scope(self) -> str:
        """Return a short stable name of the caller, for idempotency keys and audit rows (no personal data)."""
        return f"{self.kind}:{self.programme}:{self.person_id or '-'}"
