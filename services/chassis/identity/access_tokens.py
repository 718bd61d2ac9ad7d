"""Access tokens: short JSON Web Tokens signed with Ed25519 (RFC 8037); one service issues, the others verify.

Only the issuer holds the private key, so a break-in at a verifying service cannot mint tokens.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.chassis.core.clock import Clock, SystemClock
from services.chassis.identity.principal import Principal

AUDIENCE = "cairn"
_ALGORITHM = "EdDSA"
_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


class TokenRefused(Exception):
    """A token is wrong, expired or for another audience; callers cannot see which."""


def read_private_key(text: str) -> Ed25519PrivateKey:
    """Return the key in ``text``, PEM or base64 of 32 raw bytes; raise ValueError without showing it."""
    if text.lstrip().startswith("-----"):
        key = serialization.load_pem_private_key(text.encode(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("has to be an Ed25519 key")
        return key
    return Ed25519PrivateKey.from_private_bytes(_raw_bytes(text))


def read_public_key(text: str) -> Ed25519PublicKey:
    """Return the key in ``text``, PEM or base64 of 32 raw bytes; raise ValueError without showing it."""
    if text.lstrip().startswith("-----"):
        key = serialization.load_pem_public_key(text.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("has to be an Ed25519 key")
        return key
    return Ed25519PublicKey.from_public_bytes(_raw_bytes(text))


def _raw_bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        raise ValueError("has to be PEM or base64 of 32 bytes") from None
    if len(raw) != 32:
        raise ValueError(f"has {len(raw)} bytes instead of 32")
    return raw


def _key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(*_RAW)).hexdigest()[:16]


class TokenIssuer:
    """Issues tokens for authenticated people."""

    def __init__(self, private_key: str | Ed25519PrivateKey, *, clock: Clock | None = None) -> None:
        self._key = read_private_key(private_key) if isinstance(private_key, str) else private_key
        self._key_id = _key_id(self._key.public_key())
        self._clock = clock or SystemClock()

    def issue(self, person_id: str, programme: str, roles: tuple[str, ...] = (), ttl: timedelta | None = None) -> str:
        """Return a token for a person that expires after ``ttl`` (one hour by default)."""
        now = self._clock.now()
        claims = {
            "aud": AUDIENCE,
            "sub": person_id,
            "programme": programme,
            "roles": list(roles),
            "iat": int(now.timestamp()),
            "exp": int((now + (ttl or timedelta(hours=1))).timestamp()),
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM, headers={"kid": self._key_id})


class TokenVerifier:
    """Reads tokens; several public keys may be given while keys rotate."""

    def __init__(self, *public_keys: str | Ed25519PublicKey, clock: Clock | None = None) -> None:
        keys = [read_public_key(key) if isinstance(key, str) else key for key in public_keys]
        self._keys = {_key_id(key): key for key in keys}
        self._clock = clock or SystemClock()

    def verify(self, token: str) -> Principal:
        """Return the principal of a token; raise ``TokenRefused`` unless the token is valid and not expired."""
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            # The expiry is checked here and not by the library, which reads the wall clock by itself.
            options: Any = {"require": ["exp", "sub", "aud"], "verify_exp": False, "verify_iat": False}
            claims = jwt.decode(token, key, algorithms=[_ALGORITHM], audience=AUDIENCE, options=options)
            ends = datetime.fromtimestamp(int(claims["exp"]), UTC)
            roles = tuple(str(role) for role in claims.get("roles", []))
            principal = Principal("person", str(claims["sub"]), str(claims["programme"]), roles)
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, OverflowError, OSError) as problem:
            raise TokenRefused("this token is not valid") from problem
        if self._clock.now() >= ends:
            raise TokenRefused("this token is not valid")
        return principal
