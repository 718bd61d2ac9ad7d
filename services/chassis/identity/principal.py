"""The authenticated caller of a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["anonymous", "person", "staff", "key"]


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of a request, from a verified token.

    ``id`` names a person, a member of staff or an API key. ``programme``, and ``part`` when it is given, limit
    everything the caller may see. ``permissions`` open routes beyond a person's own. ``session`` is the session that
    the token belongs to, ``authenticated_at`` the time of the sign-in, ``second_factor_at`` that of the second factor.
    """

    kind: Kind
    id: str | None
    programme: str
    roles: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()
    part: str | None = None
    session: str | None = None
    authenticated_at: datetime | None = None
    second_factor_at: datetime | None = None

    @property
    def person_id(self) -> str | None:
        """Return the id of the person who calls, None for anyone else."""
        return self.id if self.kind == "person" else None

    @property
    def is_staff(self) -> bool:
        """Return whether the caller acts for the programme: a member of staff, or a system with an API key."""
        return self.kind in {"staff", "key"}

    @property
    def scope(self) -> str:
        """Return a short stable name of the caller, for idempotency keys and audit rows (no personal data)."""
        return f"{self.kind}:{self.programme}:{self.id or '-'}"
