"""Sessions: who is signed in since when, on which kind of client, and until when."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

SubjectKind = Literal["person", "staff"]
Client = Literal["browser", "api"]

RETRY = timedelta(minutes=1)
"""How long the refresh token before the current one is honoured, for a caller who lost the last answer."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """A signed-in person or member of staff. ``secret_hash`` and ``previous_hash`` verify the refresh token."""

    id: str
    programme_id: str
    subject_kind: SubjectKind
    subject_id: str
    client: Client
    started_at: datetime
    authenticated_at: datetime
    second_factor_at: datetime | None = None
    renewed_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    secret_hash: str
    previous_hash: str | None = None

    def is_open(self, now: datetime) -> bool:
        """Return whether the session is still open."""
        return self.ended_at is None and now < self.expires_at


Renewal = Literal["renewed", "refused", "stolen"]


def renew(session: Session, secret_hash: str, next_hash: str, now: datetime) -> tuple[Session, Renewal]:
    """Renew a session with the hash of its refresh token; the token changes to that of ``next_hash``.

    A token that was replaced more than a minute ago is in two hands: the session ends (``stolen``; RFC 9700, 4.14.2).
    """
    if not session.is_open(now):
        return session, "refused"
    if secret_hash == session.secret_hash:
        return replace(session, secret_hash=next_hash, previous_hash=secret_hash, renewed_at=now), "renewed"
    if secret_hash != session.previous_hash:
        return session, "refused"
    if now - session.renewed_at <= RETRY:
        return replace(session, secret_hash=next_hash, renewed_at=now), "renewed"
    return replace(session, ended_at=now), "stolen"
