"""Random credentials such as refresh tokens and API keys: ``<prefix><id>.<secret>``, of which only a hash is stored.

The secrets have 256 random bits, so a plain hash cannot be guessed back; a slow hash is for passwords.
"""

from __future__ import annotations

import hashlib
import secrets


def new_secret() -> str:
    """Return a new secret, safe in URLs and headers."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Return the hash under which a secret is stored, as 64 hexadecimal characters."""
    return hashlib.sha256(secret.encode()).hexdigest()


def credential(prefix: str, identifier: str, secret: str) -> str:
    """Return the text that its owner keeps."""
    return f"{prefix}{identifier}.{secret}"


def split_credential(prefix: str, text: str) -> tuple[str, str] | None:
    """Return the id and the secret of a credential; None when the text is none of this prefix."""
    identifier, dot, secret = text.removeprefix(prefix).partition(".")
    return (identifier, secret) if text.startswith(prefix) and dot and identifier and secret else None
