"""Who is asking: one small value that every door passes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["anonymous", "person", "admin", "service"]


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of a request, as far as a checked token says; `programme` bounds everything it may see."""

    kind: Kind
    person_id: str | None
    programme: str
    roles: tuple[str, ...] = ()

    @property
    def scope(self) -> str:
        """Name the caller in a short stable text, for keys of idempotency and audit rows (no personal data)."""
        return f"{self.kind}:{self.programme}:{self.person_id or '-'}"
