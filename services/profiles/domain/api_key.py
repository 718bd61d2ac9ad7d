"""API keys: how the programme's own systems call Cairn, each with a name, few permissions and an end."""

from dataclasses import dataclass
from datetime import datetime

LONGEST_DAYS = 366


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """An API key without its secret, of which only ``secret_hash`` is stored."""

    id: str
    programme_id: str
    name: str
    permissions: frozenset[str]
    part: str | None
    secret_hash: str
    created_at: datetime
    created_by: str
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Return whether the key opens anything at this time."""
        return self.revoked_at is None and now < self.expires_at
