"""Signed links: an address in a mail that opens one subject for one person until a stated time.

The signature binds the purpose, so an answer link can never be used to sign in. A link contains ids only. Services
ensure with a database row that a link acts once; this module only checks that it is genuine.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadData, URLSafeSerializer

from services.chassis.core.clock import Clock, SystemClock
from services.chassis.core.errors import NotFound
from services.chassis.i18n.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Link:
    """The content of a genuine link: for ``person``, about ``subject``, valid until ``expires_at`` (UTC)."""

    purpose: str
    subject: str
    person: str
    expires_at: datetime


class LinkRefused(NotFound):
    """A link is wrong, expired, of another purpose or unknown; callers cannot see which."""

    def __init__(self) -> None:
        super().__init__(
            "link_not_valid", Sentence("This link does not open anything any more. Please ask for a new one.")
        )


class LinkSigner:
    """Signs links with a secret that all services of an installation share; reads those of older secrets too."""

    def __init__(self, *secrets: str, clock: Clock | None = None) -> None:
        if not all(secrets) or not secrets:
            raise ValueError("links need a secret")
        self._secrets = secrets
        self._clock = clock or SystemClock()

    def sign(self, purpose: str, subject: str, person: str, expires_at: datetime) -> str:
        """Return a token that is safe in a URL; ``expires_at`` must have a time zone."""
        return str(self._serializer(purpose).dumps([subject, person, int(expires_at.timestamp())]))

    def read(self, token: str, purpose: str) -> Link:
        """Return the content of the token, or raise ``LinkRefused``."""
        try:
            subject, person, ends = self._serializer(purpose).loads(token)
            link = Link(purpose, subject, person, datetime.fromtimestamp(ends, UTC))
        except (BadData, ValueError, TypeError, OverflowError, OSError):
            raise LinkRefused from None
        if self._clock.now() >= link.expires_at:
            raise LinkRefused
        return link

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(
            self._secrets[::-1],  # the library signs with the last
            salt=f"link:{purpose}",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )
